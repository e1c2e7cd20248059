import t from 'tap'
import { languageOf } from '../../src/cli/locale.js'

const table: [Record<string, string>, string][] = [
  [{}, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: 'en_GB.UTF-8' }, 'en'],
  [{ LANG: 'zh_CN.UTF-8' }, 'zh-CN'],
  [{ LANG: 'zh_TW' }, 'zh-CN'],
  [{ LANG: 'zh' }, 'zh-CN'],
  [{ LANG: 'ZH-CN' }, 'zh-CN'],
  [{ LANG: 'zha_CN' }, 'en'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN.UTF-8' }, 'zh-CN'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: '' }, 'zh-CN'],
  [{ LC_MESSAGES: 'en_US', LC_ALL: 'zh_CN' }, 'zh-CN'],
]

for (const [env, language] of table) {
  t.test(JSON.stringify(env), async (t) => {
    t.equal(languageOf(env), language)
  })
}
