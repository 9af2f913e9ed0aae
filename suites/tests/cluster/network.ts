import { execa } from 'execa';

/** Addresses of the cluster; the last number of a node's address and the third of its pods' tell its number. */
export const CONTROL_PLANE = '10.99.0.1';
/** Where the tests stand, on this machine. */
const TESTS = '10.99.0.254';
export const nodeAddress = (number: number): string => `10.99.0.${10 + number}`;
export const podRange = (number: number): string => `10.99.${number}.0/24`;

/** Names of namespaces and devices: of this process, so that two clusters do not meet. */
export interface Names {
  controlPlane: string;
  node: (number: number) => string;
}

export function namesOf(prefix: string): Names {
  return { controlPlane: `${prefix}-cp`, node: (number) => `${prefix}-n${number}` };
}

const ip = (...args: string[]) => execa('ip', args);
const inside = (namespace: string, ...args: string[]) => execa('ip', ['-n', namespace, ...args]);

/**
 * One network namespace for the control plane with a bridge, one for each node. Of the machine's own network only one device
 * is added, by which the tests reach the control plane.
 */
export async function makeNetwork(names: Names, nodes: number): Promise<void> {
  const { controlPlane } = names;
  await ip('netns', 'add', controlPlane);
  await inside(controlPlane, 'link', 'set', 'lo', 'up');
  await inside(controlPlane, 'link', 'add', 'br0', 'type', 'bridge');
  await inside(controlPlane, 'address', 'add', `${CONTROL_PLANE}/24`, 'dev', 'br0');
  await inside(controlPlane, 'link', 'set', 'br0', 'up');
  await attach(controlPlane, controlPlane);
  await ip('address', 'add', `${TESTS}/24`, 'dev', controlPlane);
  await ip('link', 'set', controlPlane, 'up');
  for (let number = 1; number <= nodes; number += 1) await makeNode(names, number, nodes);
}

async function makeNode({ controlPlane, node }: Names, number: number, nodes: number): Promise<void> {
  const name = node(number);
  await ip('netns', 'add', name);
  await attach(controlPlane, name);
  await ip('link', 'set', name, 'netns', name);
  await inside(name, 'link', 'set', 'lo', 'up');
  await inside(name, 'link', 'set', name, 'name', 'eth0');
  await inside(name, 'address', 'add', `${nodeAddress(number)}/24`, 'dev', 'eth0');
  await inside(name, 'link', 'set', 'eth0', 'up');
  await execa('ip', ['netns', 'exec', name, 'sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  for (let other = 1; other <= nodes; other += 1) {
    if (other !== number) await inside(name, 'route', 'add', podRange(other), 'via', nodeAddress(other));
  }
  await inside(controlPlane, 'route', 'add', podRange(number), 'via', nodeAddress(number));
}

/** A cable whose other end is in the bridge; this end keeps its name. */
async function attach(controlPlane: string, name: string): Promise<void> {
  const port = `${name}p`;
  await ip('link', 'add', name, 'type', 'veth', 'peer', 'name', port, 'netns', controlPlane);
  await inside(controlPlane, 'link', 'set', port, 'master', 'br0');
  await inside(controlPlane, 'link', 'set', port, 'up');
}

/** What is in them must have ended. */
export async function removeNetwork(names: Names, nodes: number): Promise<void> {
  const all = [names.controlPlane, ...Array.from({ length: nodes }, (_, index) => names.node(index + 1))];
  for (const name of all) await execa('ip', ['netns', 'delete', name], { reject: false });
  await execa('ip', ['link', 'delete', names.controlPlane], { reject: false });
}
