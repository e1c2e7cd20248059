/** Where the wrapped command begins in an argument list, e.g. 2 in `timeout 5 git`; undefined when nothing is wrapped. */
type Finder = (args: readonly string[]) => number | undefined

/** Programs that only run another one; the other one is what has to be judged (spec/runtime.md 4.3). */
const wrappers: Readonly<Record<string, Finder>> = {
  env: (args) =>
    after(args, {
      plain: /^(?:-i|-|--ignore-environment|-v|--debug)$/,
      valued: /^(?:-u|--unset)$/,
      joined: /^--unset=/,
    }),
  nice: (args) =>
    after(args, { plain: /^-\d+$/, valued: /^(?:-n|--adjustment)$/, joined: /^(?:-n-?\d+|--adjustment=-?\d+)$/ }),
  nohup: (args) => after(args, {}),
  timeout: (args) => {
    const duration = after(args, {
      plain: /^(?:--preserve-status|--foreground|-v|--verbose)$/,
      valued: /^(?:-k|--kill-after|-s|--signal)$/,
      joined: /^(?:-k\d[\d.]*[smhd]?|--kill-after=.+|-s[A-Z0-9]+|--signal=.+)$/,
    })
    return duration !== undefined && /^\d+(?:\.\d+)?[smhd]?$/.test(args[duration] ?? '') ? duration + 1 : undefined
  },
}

interface Options {
  readonly plain?: RegExp
  /** Take the next word as their value. */
  readonly valued?: RegExp
  /** Carry their value. */
  readonly joined?: RegExp
}

/** The place of the first word that is no known option. An unknown one (`env -S`) unwraps nothing. */
function after(args: readonly string[], { plain, valued, joined }: Options): number | undefined {
  let at = 0
  while (at < args.length) {
    const word = args[at] ?? ''
    if (word === '--') return at + 1 < args.length ? at + 1 : undefined
    if (plain?.test(word) || joined?.test(word)) at += 1
    else if (valued?.test(word)) at += 2
    else if (word.startsWith('-')) return undefined
    else return at
  }
  return undefined
}

/** Names of programs that `wrapped` looks through. */
export const isWrapper = (name: string) => Object.hasOwn(wrappers, name)

/** Where the command begins that a wrapper of this name runs, counted in its arguments. */
export function wrapped(name: string, args: readonly string[]): number | undefined {
  const at = wrappers[name]?.(args)
  // `env NAME=value cmd` changes what the command sees: not looked through.
  return at === undefined || at >= args.length || (name === 'env' && args[at]?.includes('=')) ? undefined : at
}
