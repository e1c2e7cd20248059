import type { Env } from '../instance/types.js'

export const languages = ['en', 'zh-CN'] as const
export type Language = (typeof languages)[number]

/** Language of the texts: the first of `LC_ALL`, `LC_MESSAGES`, `LANG` that is set; `zh*` is Chinese (POSIX order). */
export function languageOf(env: Env): Language {
  const locale = [env.LC_ALL, env.LC_MESSAGES, env.LANG].find((value) => value !== undefined && value !== '')
  return locale !== undefined && /^zh([_.@-]|$)/i.test(locale) ? 'zh-CN' : 'en'
}
