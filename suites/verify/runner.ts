import { type RunnerTaskEventPack, type RunnerTaskResultPack, type RunnerTestFile, TestRunner } from 'vitest';
import { collected, updated } from '../../harness/suites/hooks.ts';

interface VitestModuleRunner {
  evaluatedModules: { fileToModulesMap: ReadonlyMap<string, unknown> };
}

/** Vitest's own runner, which tells claims of a user's own how their tests ended. It has to be a default export. */
export default class ClaimsRunner extends TestRunner {
  #files: readonly RunnerTestFile[] = [];

  onCollected(files: RunnerTestFile[]): void {
    this.#files = files;
    const modules = this.#modules();
    for (const file of files) collected(file, modules);
  }

  /** What was read so far; Vitest hands every runner the part of it that reads. */
  #modules(): string[] {
    const { moduleRunner } = this as unknown as { moduleRunner: VitestModuleRunner };
    return [...moduleRunner.evaluatedModules.fileToModulesMap.keys()];
  }

  onTaskUpdate(_results: RunnerTaskResultPack[], events: RunnerTaskEventPack[]): Promise<void> {
    updated(this.#files, new Set(events.flatMap(([id, event]) => (event === 'test-finished' ? id : []))));
    return Promise.resolve();
  }
}
