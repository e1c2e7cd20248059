import { bashCompletion } from './bash.js'
import { fishCompletion } from './fish.js'
import type { Shell } from './install.js'
import { powershellCompletion } from './powershell.js'
import type { CompletionNode } from './words.js'
import { zshCompletion } from './zsh.js'

/** What makes the script of each shell. */
export const scripts: Readonly<Record<Shell, (nodes: readonly CompletionNode[]) => string>> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  powershell: powershellCompletion,
}
