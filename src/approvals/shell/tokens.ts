import { GatewayError } from '../../kernel/errors.js'

export interface Token {
  readonly type: 'word' | 'joint'
  readonly text: string
  /** A part of it was quoted. */
  readonly quoted: boolean
  /** It begins as `NAME=` does. */
  readonly assigns: boolean
}

const maxLineChars = 32_768

/** What a shell would expand or act on outside quotes, and how it is called. */
const active: Readonly<Record<string, string>> = {
  '<': 'a redirection or heredoc',
  '>': 'a redirection',
  '(': 'a subshell or function',
  ')': 'a subshell or function',
  '{': 'braces',
  '}': 'braces',
  '*': 'a glob',
  '?': 'a glob',
  '[': 'a glob',
  $: 'a variable or substitution',
  '`': 'a substitution',
}

/** Cuts a line into words and operators. Throws what cannot be read, with the reason as its message. */
export function tokens(line: string): Token[] {
  if (line.length > maxLineChars) throw cannot(`it is longer than ${maxLineChars} characters`)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\x00-\x08\x0b-\x1f\x7f]/.test(line)) throw cannot('it holds control characters')
  const reader = new Reader(line)
  const found: Token[] = []
  for (let token = reader.next(); token; token = reader.next()) found.push(token)
  return found
}

class Reader {
  readonly #line: string
  #at = 0

  constructor(line: string) {
    this.#line = line
  }

  next(): Token | undefined {
    while (/[ \t]/.test(this.#char)) this.#at += 1
    if (this.#char === '') return undefined
    return this.#operator() ?? this.#word()
  }

  get #char(): string {
    return this.#line.charAt(this.#at)
  }

  #operator(): Token | undefined {
    const two = this.#line.slice(this.#at, this.#at + 2)
    if (two === '&&' || two === '||') return this.#joint(two)
    if (two === '|&') throw cannot('it pipes stderr with |&')
    if (two === ';;') throw cannot('it holds ;;')
    const one = this.#char
    if (one === ';' || one === '|' || one === '\n') return this.#joint(one)
    if (one === '&') throw cannot('it runs something in the background with &')
    if (one === '#') throw cannot('it holds a comment')
    if (one === '~') throw cannot('it holds ~')
    return undefined
  }

  #joint(text: string): Token {
    this.#at += text.length
    return { type: 'joint', text, quoted: false, assigns: false }
  }

  #word(): Token {
    let text = ''
    let quoted = false
    let assigns = false
    while (this.#char !== '' && !/[ \t\n;|&]/.test(this.#char)) {
      const char = this.#char
      if (char === '=' && !quoted && /^[A-Za-z_]\w*\+?$/.test(text)) assigns = true
      if (char === "'" || char === '"' || char === '\\') quoted = true
      text += this.#piece(char)
    }
    return { type: 'word', text, quoted, assigns }
  }

  #piece(char: string): string {
    if (char === "'") return this.#single()
    if (char === '"') return this.#double()
    const name = active[char]
    if (name !== undefined) throw cannot(`it holds ${name}`)
    if (char === '\\') return this.#escaped()
    this.#at += 1
    return char
  }

  #escaped(): string {
    const char = this.#line.charAt(this.#at + 1)
    if (char === '' || char === '\n') throw cannot('it ends a line with \\')
    this.#at += 2
    return char
  }

  #single(): string {
    const end = this.#line.indexOf("'", this.#at + 1)
    if (end < 0) throw cannot('a quote is not closed')
    const text = this.#line.slice(this.#at + 1, end)
    this.#at = end + 1
    return text
  }

  #double(): string {
    let text = ''
    this.#at += 1
    while (this.#char !== '"') {
      const char = this.#char
      if (char === '') throw cannot('a quote is not closed')
      if (char === '$' || char === '`') throw cannot(`it holds ${active[char]}`)
      if (char === '\\' && /["\\$`]/.test(this.#line.charAt(this.#at + 1))) this.#at += 1
      else if (char === '\\' && this.#line.charAt(this.#at + 1) === '\n') throw cannot('it ends a line with \\')
      text += this.#char
      this.#at += 1
    }
    this.#at += 1
    return text
  }
}

function cannot(reason: string): GatewayError {
  return new GatewayError('exec_denied', { message: reason })
}
