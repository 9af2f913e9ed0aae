// What stands in a pod of the test cluster: sleeps until it is told to end, prints its arguments first.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGINT, syscall.SIGTERM)
	if len(os.Args) < 2 {
		<-ended
		return
	}
	// `say TEXT…` for a job that ends, `wait SECONDS` for one that takes its time.
	switch os.Args[1] {
	case "say":
		fmt.Println(strings.Join(os.Args[2:], " "))
	case "wait":
		length, err := time.ParseDuration(os.Args[2] + "s")
		if err != nil {
			os.Exit(2)
		}
		select {
		case <-ended:
			os.Exit(143)
		case <-time.After(length):
		}
	default:
		os.Exit(2)
	}
}
