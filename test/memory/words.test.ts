import t from 'tap'
import { termsOf, wordsOf } from '../../src/memory/words.js'

t.test('what a text is found by', async (t) => {
  const rows: readonly (readonly [text: string, words: string])[] = [
    ['Deploy the Gateway-2 at 18:30!', 'deploy the gateway 2 at 18 30'],
    ['部署网关', '部 署 网 关 部署 署网 网关'],
    ['用openclaw部署v2', '用 openclaw 部 署 部署 v2'],
    ['ＡＢＣ Ｔｅｓｔ', 'abc test'],
    ['Café Łódź', 'cafe łodz'],
    ['가방', '가 방 가방'],
    ['カフェ、です', 'カ フ ェ カフ フェ で す です'],
    ['snake_case path/to.md', 'snake case path to md'],
    ['😀 -- !!', ''],
  ]
  for (const [text, words] of rows) t.equal(wordsOf(text).join(' '), words, text)
})

t.test('what a query looks for', async (t) => {
  const rows: readonly (readonly [query: string, terms: string])[] = [
    ['What did we decide on the deployments?', 'decide* deployment*'],
    ['what is it', 'what* is it'],
    ['running tests', 'runn* test*'],
    ['猫', '猫'],
    ['数据库', '数据 据库'],
    ['数据库 数据', '数据 据库'],
    ['2026-11-29', '2026 11 29'],
    ['gas', 'gas'],
    ['?!', ''],
  ]
  for (const [query, terms] of rows) {
    t.equal(termsOf(query).map(({ text, prefix }) => `${text}${prefix ? '*' : ''}`).join(' '), terms, query)
  } // biome-ignore format: one line
  t.ok(termsOf('词'.repeat(2_000) + Array.from({ length: 500 }, (_, n) => ` word${n}x`).join('')).length <= 48)
})
