/** `JSON.stringify` writes half a surrogate pair as an escape, which strict parsers refuse with the whole request. */
export function bodyText(body: object): string {
  const json = JSON.stringify(body)
  if (!json.includes('\\ud')) return json
  return json.replace(/(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g, '$1\\ufffd')
}
