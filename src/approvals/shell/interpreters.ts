import { plainName } from './carriers.js'

/** Programs that run the script they are given, and the options that bring code in the command line instead. */
const interpreters: readonly { readonly name: RegExp; readonly inline: RegExp }[] = [
  { name: /^(?:python|pypy)$/, inline: /^-[A-Za-z]*[cm]/ },
  {
    name: /^(?:node|nodejs|bun|tsx|ts-node)$/,
    inline: /^(?:-[a-z]*[epr].*|--(?:eval|print|require|import|loader|experimental-loader).*)$/,
  },
  { name: /^deno$/, inline: /^eval$/ },
  { name: /^perl$/, inline: /^-[A-Za-z0-9]*[eEMm]/ },
  { name: /^(?:ruby|jruby|irb)$/, inline: /^-[A-Za-z]*[er]/ },
  { name: /^php$/, inline: /^(?:-[A-Za-z]*[rBREd]|--(?:run|process).*)/ },
  { name: /^(?:lua|luajit)$/, inline: /^-[el]/ },
  { name: /^(?:osascript|rscript|julia|groovy|scala|swift|racket|guile|tclsh|java)$/, inline: /^-/ },
]

const shells = /^(?:r?ba|da|a|z|k|mk|pdk|fi|c|tc)?sh$/

/** True when an interpreter is given code in its arguments, or reads it from its input. */
export function inlineCode(file: string, args: readonly string[]): boolean {
  const interpreter = interpreters.find(({ name }) => name.test(plainName(file)))
  if (!interpreter || /^(?:-V|-v|--version|--help)$/.test(args.join(' '))) return false
  const at = firstOperand(args)
  if (at === args.length || args[at] === '-') return true
  return args.slice(0, at + 1).some((arg) => interpreter.inline.test(arg))
}

/** The place of the script among the arguments of an interpreter or shell; undefined when there is none. */
export function scriptOperand(file: string, args: readonly string[]): number | undefined {
  const name = plainName(file)
  if (!shells.test(name) && !interpreters.some((one) => one.name.test(name))) return undefined
  const at = firstOperand(args)
  return at < args.length ? at : undefined
}

function firstOperand(args: readonly string[]): number {
  const at = args.findIndex((arg) => !arg.startsWith('-') || arg === '-')
  return at < 0 ? args.length : at
}
