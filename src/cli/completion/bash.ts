import type { CompletionNode } from './words.js'

/**
 * Completion for bash 3.2 and later. The script is data: one case per command path with its words and options, one per
 * option with fixed values; profiles come from the state directories.
 */
export function bashCompletion(nodes: readonly CompletionNode[]): string {
  const words = nodes.map(
    ({ path, words: list }) => `    '${path}') echo '${list.map(({ word }) => word).join(' ')}' ;;`,
  )
  const options = nodes.map(
    ({ path, options: list }) => `    '${path}') echo '${list.map(({ flag }) => flag).join(' ')}' ;;`,
  )
  return `# bash completion for openclaw; made by "openclaw completion --shell bash"
_openclaw_words() {
  case "$1" in
${words.join('\n')}
  esac
}
_openclaw_options() {
  case "$1" in
${options.join('\n')}
  esac
}
_openclaw_values() {
  case "$1" in
    --profile) (cd ~ 2>/dev/null && ls -d .openclaw .openclaw-* 2>/dev/null) | sed -e 's/^\\.openclaw-//' -e 's/^\\.openclaw$/default/' ;;
${valueCases(nodes).join('\n')}
  esac
}
_openclaw() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' next word index skip=0
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [ "$skip" = 1 ]; then skip=0; continue; fi
    case "$word" in
      ${valueFlags(nodes).join('|')}) skip=1 ;;
      -*) ;;
      *)
        next="\${path:+$path }$word"
        case " $(_openclaw_words "$path") " in *" $word "*) path="$next" ;; esac
        ;;
    esac
  done
  if [ "$skip" = 1 ]; then
    local values
    values="$(_openclaw_values "$previous")"
    if [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi
    return 0
  fi
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$(_openclaw_options "$path")" -- "$current")) ;;
    *) COMPREPLY=($(compgen -W "$(_openclaw_words "$path")" -- "$current")) ;;
  esac
}
complete -F _openclaw openclaw
`
}

/** Options that a value follows, over all commands. */
export function valueFlags(nodes: readonly CompletionNode[]): string[] {
  return [
    ...new Set(nodes.flatMap(({ options }) => options.filter((one) => one.takesValue).map(({ flag }) => flag))),
  ].sort()
}

/** The fixed values of each option; where two commands disagree, all of them. */
export function valueChoices(nodes: readonly CompletionNode[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const { flag, choices } of nodes.flatMap(({ options }) => options)) {
    if (choices.length > 0) found.set(flag, [...new Set([...(found.get(flag) ?? []), ...choices])])
  }
  return found
}

function valueCases(nodes: readonly CompletionNode[]): string[] {
  return [...valueChoices(nodes)].map(([flag, choices]) => `    ${flag}) echo '${choices.join(' ')}' ;;`)
}
