import { resolve } from 'node:path'
import { type Executable, identityOf } from './shell/executable.js'
import { runsFile, scriptWords } from './shell/interpreters.js'
import type { Step } from './shell/steps.js'

/** The exact command for a standing grant: programs by their path, wrappers left out, words as they are. */
export function exactText(steps: readonly Step[], cwd: string): string {
  return JSON.stringify({
    cwd,
    steps: steps.map(({ joint = '', program, args }) => [joint, program.path, program.realPath, ...args]),
  })
}

/** The files that a command stands on, each as it is now: programs, and the scripts that interpreters are given. */
export function filesOf(steps: readonly Step[], cwd: string): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const { chain, program, args } of steps) {
    for (const { path, identity } of chain) files.set(path, identity)
    for (const name of namesOf(program)) {
      for (const word of scriptWords(name, args)) {
        const script = resolve(cwd, word)
        const identity = identityOf(script)
        if (identity !== undefined) files.set(script, identity)
      }
    }
  }
  return files
}

/**
 * False when an interpreter runs something else than a file that its words name (a folder, a module, a name without its
 * ending, code): that can change unseen, so what is approved now must not be approved for good.
 */
export function standsOnFiles(steps: readonly Step[], cwd: string): boolean {
  const isFile = (word: string) => identityOf(resolve(cwd, word)) !== undefined
  return steps.every(({ program, args }) => namesOf(program).every((name) => runsFile(name, args, isFile)))
}

/** A link and what it leads to: /usr/bin/awk is mawk, a copy of a shell may have any name but not any target. */
export function namesOf({ path, realPath }: Executable): readonly string[] {
  return [...new Set([path, realPath])].map((file) => file.slice(file.lastIndexOf('/') + 1))
}
