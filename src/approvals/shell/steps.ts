import { dirname, resolve } from 'node:path'
import { type Executable, findExecutable, statOf } from './executable.js'
import { type Joint, readCommand, type Segment } from './read.js'
import { isWrapper, wrapped } from './unwrap.js'

/** One program of a command, found. */
export interface Step {
  readonly joint: Joint | undefined
  /** Wrappers and then the program: every file that is run. */
  readonly chain: readonly Executable[]
  /** What the step really runs. */
  readonly program: Executable
  readonly args: readonly string[]
  /** The whole argument list, wrappers too, with programs by their path. */
  readonly argv: readonly string[]
}

export type ReadSteps =
  | { readonly ok: true; readonly steps: readonly Step[]; readonly cwd: string }
  | { readonly ok: false; readonly reason: string }

interface Place {
  readonly command: string | readonly string[]
  readonly cwd: string
  readonly path: string
}

/** Wrappers are believed only where a system keeps its own. */
const trusted: ReadonlySet<string> = new Set(['/bin', '/usr/bin'])
const maxWrappers = 4

/** The programs of a command, or why they cannot be told. */
export function readSteps({ command, cwd, path }: Place): ReadSteps {
  const read = typeof command === 'string' ? readCommand(command) : listed(command)
  if (!read.ok) return read
  const { segments, folder } = intoFolder(read.segments, cwd)
  const steps: Step[] = []
  for (const segment of segments) {
    const step = stepOf(segment, folder, path)
    if (typeof step === 'string') return { ok: false, reason: step }
    steps.push(step)
  }
  return { ok: true, steps, cwd: folder }
}

function listed(argv: readonly string[]): ReturnType<typeof readCommand> {
  if (argv.length === 0) return { ok: false, reason: 'there is no command' }
  return { ok: true, segments: [{ joint: undefined, argv }] }
}

/** `cd folder && ...` is how models say where a command runs: it becomes the folder that the rest runs in. */
function intoFolder(segments: readonly Segment[], cwd: string): { segments: readonly Segment[]; folder: string } {
  const [first, second, ...rest] = segments
  const [name, target, ...more] = first?.argv ?? []
  const plain = name === 'cd' && target !== undefined && !target.startsWith('-') && more.length === 0
  if (!plain || second?.joint !== '&&') return { segments, folder: cwd }
  const folder = resolve(cwd, target)
  if (!statOf(folder)?.isDirectory()) return { segments, folder: cwd }
  return { segments: [{ ...second, joint: undefined }, ...rest], folder }
}

function stepOf({ joint, argv }: Segment, cwd: string, path: string): Step | string {
  const chain: Executable[] = []
  const whole: string[] = []
  let [name = '', ...args] = argv
  for (;;) {
    const found = findExecutable(name, cwd, path)
    if (!found) return `${name === '' ? 'an empty word' : name} is not a program here`
    chain.push(found)
    whole.push(found.path)
    const at = chain.length > maxWrappers ? undefined : inner(found, args)
    if (at === undefined) return { joint, chain, program: found, args, argv: [...whole, ...args] }
    whole.push(...args.slice(0, at))
    ;[name = '', ...args] = args.slice(at)
  }
}

function inner({ fromPath, path, name }: Executable, args: readonly string[]): number | undefined {
  return fromPath && isWrapper(name) && trusted.has(dirname(path)) ? wrapped(name, args) : undefined
}
