import type { Path } from './json5/node.js'

const plainKey = /^[A-Za-z_$][A-Za-z0-9_$-]*$/

/** `['channels','whatsapp','groups','*',0]` as `channels.whatsapp.groups["*"][0]`; the empty path as `<root>`. */
export function formatPath(path: Path): string {
  if (path.length === 0) return '<root>'
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!plainKey.test(step)) return `[${JSON.stringify(step)}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
}

const stepText = /\.?([^.[\]"'\s][^.[\]]*)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\['((?:[^'\\]|\\.)*)'\]|\[([^\]"']+)\]/y

/**
 * Reads dot and bracket paths: `a.b[0].c`, `a["x.y"].c`, `a[*]`. `<root>` and the empty text are the empty path.
 * Gives undefined when the text is not a path.
 */
export function parsePath(text: string): (string | number)[] | undefined {
  if (text === '' || text === '<root>') return []
  const path: (string | number)[] = []
  stepText.lastIndex = 0
  while (stepText.lastIndex < text.length) {
    const start = stepText.lastIndex
    const found = stepText.exec(text)
    if (!found || (start > 0 && found[1] !== undefined && !found[0].startsWith('.'))) return undefined
    const [, key, index, double, single, bare] = found
    if (index !== undefined) path.push(Number(index))
    else path.push(key ?? bare ?? unquote(double ?? single ?? ''))
  }
  return path
}

const unquote = (text: string) => text.replace(/\\(.)/g, '$1')
