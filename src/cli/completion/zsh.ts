import { valueChoices, valueFlags } from './bash.js'
import type { CompletionNode } from './words.js'

/** Completion for zsh: words and options with their texts. */
export function zshCompletion(nodes: readonly CompletionNode[]): string {
  const words = nodes.map(
    ({ path, words: list }) => `    '${path}') list=(${list.map(({ word, text }) => entry(word, text)).join(' ')}) ;;`,
  )
  const options = nodes.map(
    ({ path, options: list }) =>
      `    '${path}') list=(${list.map(({ flag, text }) => entry(flag, text)).join(' ')}) ;;`,
  )
  const values = [...valueChoices(nodes)].map(
    ([flag, choices]) => `    ${flag}) list=(${choices.map(quote).join(' ')}) ;;`,
  )
  return `#compdef openclaw
# zsh completion for openclaw; made by "openclaw completion --shell zsh"
_openclaw() {
  local at='' word next skip=0 index previous
  local -a list names
  for ((index = 2; index < CURRENT; index++)); do
    word="\${words[index]}"
    if [[ "$skip" == 1 ]]; then skip=0; continue; fi
    case "$word" in
      ${valueFlags(nodes).join('|')}) skip=1; previous="$word" ;;
      -*) ;;
      *)
        _openclaw_words "$at"
        next="\${at:+$at }$word"
        names=("\${(@)list%%:*}")
        (( \${names[(Ie)$word]} )) && at="$next"
        ;;
    esac
  done
  if [[ "$skip" == 1 ]]; then
    list=()
    case "$previous" in
    --profile) list=(default \${\${(@f)"$(print -rl -- ~/.openclaw-*(N/:t))"}#.openclaw-}) ;;
${values.join('\n')}
    esac
    if (( $#list )); then compadd -a list; else _files; fi
    return
  fi
  if [[ "\${words[CURRENT]}" == -* ]]; then _openclaw_options "$at"; else _openclaw_words "$at"; fi
  _describe 'openclaw' list
}
_openclaw_words() {
  list=()
  case "$1" in
${words.join('\n')}
  esac
}
_openclaw_options() {
  list=()
  case "$1" in
${options.join('\n')}
  esac
}
if [[ "\${funcstack[1]}" == "_openclaw" ]]; then _openclaw "$@"; else compdef _openclaw openclaw; fi
`
}

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

/** \`name:text\`; a colon in the text needs no escape, one in the name cannot occur. */
const entry = (name: string, text: string) => quote(text === '' ? name : `${name}:${text}`)
