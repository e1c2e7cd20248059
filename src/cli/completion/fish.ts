import { valueFlags } from './bash.js'
import type { CompletionNode, CompletionOption } from './words.js'

/** Completion for fish. */
export function fishCompletion(nodes: readonly CompletionNode[], program = 'openclaw'): string {
  const lines = nodes.flatMap((node) => [...wordLines(node, program), ...optionLines(node, program)])
  const paths = nodes.map(({ path }) => path).filter((path) => path !== '')
  return `# fish completion for openclaw; made by "openclaw completion --shell fish"
function __openclaw_at
    set -l takes_value ${valueFlags(nodes).join(' ')}
    set -l known ${paths.map(quote).join(' ')}
    set -l path ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word $takes_value
            set skip 1
        else if not string match -q -- '-*' $word
            set -l next (string trim -- "$path $word")
            contains -- $next $known; and set path $next
        end
    end
    test "$path" = "$argv[1]"
end
function __openclaw_profiles
    echo default
    for folder in ~/.openclaw-*
        string replace -r '.*/\\.openclaw-' '' -- $folder
    end
end
complete -c ${program} -f
complete -c ${program} -l profile -xa '(__openclaw_profiles)'
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
