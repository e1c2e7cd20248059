import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { codeRoot } from '../kernel/code-root.js'
import type { ErrorCode } from '../kernel/errors.js'
import type { Language } from './locale.js'
import type { en } from './messages/en.js'

type Catalogue = typeof en
export type MessageKey = keyof Catalogue

/** Names of the `{placeholders}` in a text. */
type Names<T extends string> = T extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never
type Values<K extends MessageKey> = [Names<Catalogue[K]>] extends [never]
  ? []
  : [values: Readonly<Record<Names<Catalogue[K]>, string | number>>]

/** Gives a text of the catalogue in the language of the user, with its placeholders filled. */
export type Translate = <K extends MessageKey>(key: K, ...values: Values<K>) => string

export interface Messages {
  readonly language: Language
  readonly t: Translate
  /** A text whose key is made at run time; undefined when the catalogue has none. */
  readonly find: (key: string, values: unknown) => string | undefined
  /** What an error of the table says when its throw site adds nothing; undefined to take the table's own words. */
  readonly error: (code: ErrorCode) => string | undefined
}

/** What the build writes for each language, so that a start reads one small file instead of many modules. */
export interface MessageFile {
  readonly texts: Texts
  readonly errors: Partial<Readonly<Record<ErrorCode, string>>>
}

type Texts = Readonly<Record<MessageKey, string>>

/** Where the build puts the texts of a language. */
export function messageFile(language: Language): string {
  return join(codeRoot, 'src', 'cli', 'messages', `${language}.json`)
}

/** Loads one language; the other one is not read. */
export async function loadMessages(language: Language): Promise<Messages> {
  const built = await readFile(messageFile(language), 'utf8').catch(() => undefined)
  const { texts, errors }: MessageFile = built === undefined ? await importMessages(language) : JSON.parse(built)
  return { language, t: translator(texts), find: finder(texts), error: (code) => errors[code] }
}

/** The texts of a language from their sources. */
export async function importMessages(language: Language): Promise<MessageFile> {
  if (language === 'en') return { texts: (await import('./messages/en.js')).en, errors: {} }
  const [{ zhCN }, { errors }] = await Promise.all([
    import('./messages/zh-CN.js'),
    import('./messages/zh-CN/errors.js'),
  ])
  return { texts: zhCN, errors }
}

function translator(texts: Texts): Translate {
  return (key, ...values) => fill(texts[key], values[0])
}

function finder(texts: Texts): Messages['find'] {
  const byName: Readonly<Record<string, string>> = texts
  return (key, values) => {
    const text = Object.hasOwn(byName, key) ? byName[key] : undefined
    return text === undefined ? undefined : fill(text, values)
  }
}

function fill(text: string, values: unknown): string {
  const given = new Map(Object.entries(values ?? {}))
  return text.replace(/\{(\w+)\}/g, (placeholder, name: string) => String(given.get(name) ?? placeholder))
}
