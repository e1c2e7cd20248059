import type { CompletionNode, CompletionOption } from './words.js'

/** Completion for fish. */
export function fishCompletion(nodes: readonly CompletionNode[], program = 'openclaw'): string {
  const lines = nodes.flatMap((node) => [...wordLines(node, program), ...optionLines(node, program)])
  return `# fish completion for openclaw; made by "openclaw completion --shell fish"
function __openclaw_at
    set -l words (commandline -opc)[2..-1]
    set -l plain
    for word in $words
        if not string match -q -- '-*' $word
            set -a plain $word
        end
    end
    set -l wanted (string split -n ' ' -- "$argv[1]")
    set -l count (count $wanted)
    if test $count -eq 0
        test (count $plain) -eq 0
        return
    end
    test (count $plain) -ge $count; and test "$plain[1..$count]" = "$wanted"
end
complete -c ${program} -f
complete -c ${program} -l profile -xa "default (string replace -r '.*/\\.openclaw-' '' -- ~/.openclaw-*)"
${lines.join('\n')}
`
}

function wordLines({ path, words }: CompletionNode, program: string): string[] {
  return words.map(
    ({ word, text }) =>
      `complete -c ${program} -n '__openclaw_at "${path}"' -a ${word}${text ? ` -d ${quote(text)}` : ''}`,
  )
}

function optionLines({ path, options }: CompletionNode, program: string): string[] {
  return options
    .filter(({ flag }) => flag !== '--profile')
    .map(({ flag, text, takesValue, choices }: CompletionOption) => {
      const value = takesValue ? ` -r${choices.length > 0 ? ` -fa ${quote(choices.join(' '))}` : ''}` : ''
      return `complete -c ${program} -n '__openclaw_at "${path}"' -l ${flag.slice(2)}${value} -d ${quote(text)}`
    })
}

const quote = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
