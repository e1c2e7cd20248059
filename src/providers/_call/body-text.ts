/** Gives the JSON of what is part of many requests, written when it is first asked for with this key. */
export type WriteOnce = (key: object, write: () => object) => object

/** JSON already. `JSON.stringify` leaves it out. */
class Written {
  readonly json: string

  constructor(json: string) {
    this.json = json
  }

  toJSON(): undefined {
    return undefined
  }
}

/** The definitions of an agent's tools are most of a short request, and the same in every turn. */
export function writeOnce(): WriteOnce {
  const known = new WeakMap<object, Written>()
  return (key, write) => {
    let written = known.get(key)
    if (!written) {
      written = new Written(strictJson(write()))
      known.set(key, written)
    }
    return written
  }
}

/** The request as text. Fields that were written before follow the others. */
export function bodyText(body: object): string {
  let fields = ''
  for (const [name, value] of Object.entries(body)) {
    if (value instanceof Written) fields += `,"${name}":${value.json}`
  }
  const json = strictJson(body)
  return fields === '' ? json : `${json.slice(0, -1)}${fields}}`
}

/** `JSON.stringify` writes half a surrogate pair as an escape, which strict parsers refuse with the whole request. */
function strictJson(value: object): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\ud')) return json
  return json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\\ufffd')
}
