import type { OptionDefinition } from './define.js'

/** `dryRun` is `--dry-run`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

/** What stands after the flag in the help: `<port>`, `<on|off>`; empty for a flag. */
export function placeholderOf(definition: OptionDefinition): string {
  if (definition.kind === 'flag') return ''
  return definition.kind === 'choice' ? `<${definition.choices.join('|')}>` : `<${definition.value}>`
}
