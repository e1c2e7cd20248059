import { posix } from 'node:path'
import { plainName } from './carriers.js'

interface Interpreter {
  readonly name: RegExp
  /** Brings code in the command line instead of a script. */
  readonly inline: RegExp
  /** Takes the next word as its value. */
  readonly valued?: RegExp
  /** Words in front of the script, e.g. `deno run`. */
  readonly verbs?: RegExp
}

/** Programs that run the script they are given. */
const interpreters: readonly Interpreter[] = [
  { name: /^(?:python|pypy)$/, inline: /^-[A-Za-z]*[cm]/, valued: /^(?:-[A-Za-z]*[WX]|--check-hash-based-pycs)$/ },
  {
    name: /^(?:node|nodejs|bun|tsx|ts-node)$/,
    inline: /^(?:-[a-z]*[epr].*|--(?:eval|print|require|import|loader|experimental-loader).*)$/,
    valued: /^-[CP]$/,
    verbs: /^(?:run|x|watch)$/,
  },
  { name: /^deno$/, inline: /^eval$/, valued: /^-c$/, verbs: /^(?:run|test|bench|serve|task)$/ },
  { name: /^perl$/, inline: /^-[A-Za-z0-9]*[eEMm]/, valued: /^-I$/ },
  { name: /^(?:ruby|jruby|irb)$/, inline: /^-[A-Za-z]*[er]/, valued: /^-[ICEF]$/ },
  { name: /^php$/, inline: /^(?:-[A-Za-z]*[rBREd]|--(?:run|process).*)/, valued: /^-[cfFStz]$/ },
  { name: /^(?:lua|luajit)$/, inline: /^-[el]/ },
  { name: /^(?:osascript|rscript|julia|groovy|scala|swift|racket|guile|tclsh|java)$/, inline: /^-/ },
]

const shells = /^(?:r?ba|da|a|z|k|mk|pdk|fi|c|tc)?sh$/
const shell: Interpreter = { name: shells, inline: /^-[a-z]*c/, valued: /^(?:[-+][oO]|--(?:rc|init-)file)$/ }

/** Asks for no more than a word about the interpreter itself. */
const asksAbout = (args: readonly string[]) => /^(?:-V|-v|--version|--help)$/.test(args.join(' '))

/** The input of a program, in the ways to write it. */
const input = /^(?:-|\/dev\/(?:stdin|fd\/\d+)|\/proc\/(?:self|thread-self|\d+)\/fd\/\d+)$/

/** True when an interpreter is given code in its arguments, or reads it from its input. */
export function inlineCode(file: string, args: readonly string[]): boolean {
  const interpreter = interpreters.find(({ name }) => name.test(plainName(file)))
  if (!interpreter || asksAbout(args)) return false
  const at = scriptAt(interpreter, args)
  if (at === args.length || input.test(posix.normalize(args[at] ?? ''))) return true
  return leading(interpreter, args).some((arg) => interpreter.inline.test(arg))
}

/** True for what is no interpreter, and for one that runs nothing but files that its words name. */
export function runsFile(file: string, args: readonly string[], isFile: (word: string) => boolean): boolean {
  const interpreter = interpreterOf(file)
  if (!interpreter || asksAbout(args)) return true
  const script = args[scriptAt(interpreter, args)]
  if (script === undefined || !isFile(script)) return false
  const loads = leading(interpreter, args).filter((word) => word.startsWith('-') && interpreter.inline.test(word))
  return loads.every((word) => word.includes('=') && isFile(word.slice(word.indexOf('=') + 1)))
}

/**
 * The words that may name what an interpreter or shell runs: its script, and files of options in front of it. One too
 * many means one question too many, one too few a script that changes unseen.
 */
export function scriptWords(file: string, args: readonly string[]): readonly string[] {
  const interpreter = interpreterOf(file)
  if (!interpreter) return []
  return leading(interpreter, args).map((word) => (word.startsWith('-') ? word.slice(word.indexOf('=') + 1) : word))
}

function interpreterOf(file: string): Interpreter | undefined {
  const name = plainName(file)
  return shells.test(name) ? shell : interpreters.find((one) => one.name.test(name))
}

/** The place of the script; behind the last word when there is none. */
function scriptAt({ valued, verbs }: Interpreter, args: readonly string[]): number {
  let at = 0
  for (let verb = verbs; at < args.length; at += 1) {
    const word = args[at] ?? ''
    if (valued?.test(word)) at += 1
    else if (verb?.test(word)) verb = undefined
    else if (!isOption(word)) return at
  }
  return args.length
}

/**
 * Everything up to the first word that is beyond doubt the script. Whether an option takes a value is not known of all,
 * so a word behind one may be its value, and the script stands after it.
 */
function leading(interpreter: Interpreter, args: readonly string[]): readonly string[] {
  let at = scriptAt(interpreter, args)
  while (at < args.length && at > 0 && isOption(args[at - 1] ?? '')) {
    at += 1
    while (at < args.length && isOption(args[at] ?? '')) at += 1
  }
  return args.slice(0, at + 1)
}

function isOption(word: string): boolean {
  return (word.startsWith('-') && word !== '-') || /^\+[oO]$/.test(word)
}
