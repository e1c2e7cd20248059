import t from 'tap'
import { safePattern } from '../../src/channels/_mentions/safe-pattern.js'
import { isMentioned, Mentions } from '../../src/channels/mentions.js'
import type { Config } from '../../src/config/types.js'
import type { Logger } from '../../src/kernel/logger.js'

function heard() {
  const warnings: string[] = []
  const log = { warn: (_facts: object, text: string) => void warnings.push(text) } as unknown as Logger
  return { warnings, mentions: new Mentions(log) }
}

const says = (config: object, text: string, agent = 'main') =>
  isMentioned(text, heard().mentions.patterns(config as Config, agent))

t.test('the patterns of the agent, else the general ones, else its name and emoji', async (t) => {
  const identity = { name: 'Clawd', emoji: '🦞' }
  const own = { agents: { entries: { main: { identity, groupChat: { mentionPatterns: ['hey bot'] } } } } }
  const general = {
    agents: { entries: { main: { identity } } },
    messages: { groupChat: { mentionPatterns: ['\\bbot\\b'] } },
  }
  const named = { agents: { entries: { main: { identity } } } }
  t.equal(says({ ...general, ...own }, 'HEY BOT, help'), true)
  t.equal(says({ ...general, ...own }, 'a bot'), false)
  t.equal(says({ ...general, ...own }, 'Clawd?'), false)
  t.equal(says(general, 'is the Bot here'), true)
  t.equal(says(general, 'robots'), false)
  t.equal(says(general, 'Clawd?'), false)
  t.equal(says(named, 'clawd, help'), true)
  t.equal(says(named, '@Clawd help'), true)
  t.equal(says(named, 'Clawdette'), false)
  t.equal(says(named, 'the 🦞 knows'), true)
  t.equal(says(named, 'nobody'), false)
  t.equal(says({}, 'main'), false)
  t.equal(says({ agents: { entries: { main: { name: 'Clawd' } } } }, 'clawd'), true)
})

t.test('an empty list turns texts off, and nothing else', async (t) => {
  const named = { agents: { entries: { main: { identity: { name: 'Clawd' } } } } }
  t.equal(says({ ...named, messages: { groupChat: { mentionPatterns: [] } } }, 'Clawd'), false)
})

t.test('names of every script, and of several words', async (t) => {
  const called = (name: string, text: string) => says({ agents: { entries: { main: { identity: { name } } } } }, text)
  t.equal(called('小龙', '你好小龙在吗'), true)
  t.equal(called('Émile', 'émile?'), true)
  t.equal(called('Émile', 'Émilette'), false)
  t.equal(called('Big Claw', 'big   claw!'), true)
  t.equal(called('Big Claw', 'bigclaw'), false)
  t.equal(called('C3.PO (mk2)', 'hi c3.po (MK2)'), true)
  t.equal(called('C3.PO', 'c3xpo'), false)
  t.equal(called('Clawd', 'Cl\u200bawd'), true)
  t.equal(called('Clawd', `${'x '.repeat(4_000)}Clawd`), false)
})

t.test('what cannot be used is left out and told of once', async (t) => {
  const { mentions, warnings } = heard()
  const config = () => ({ messages: { groupChat: { mentionPatterns: ['(a+)+$', '[', 'ok'] } } }) as Config
  for (const agent of ['main', 'other']) t.equal(mentions.patterns(config(), agent).length, 1)
  t.strictSame(warnings, [
    'a mention pattern is left out: a repetition stands inside of a repetition',
    'a mention pattern is left out: it is no regular expression',
  ])
  const same = config()
  t.equal(mentions.patterns(same, 'main'), mentions.patterns(same, 'main'), 'compiled once for one config')
})

t.test('which patterns are safe', async (t) => {
  const bad = [
    '(a+)+',
    '(a*)*b',
    '(a|aa)+',
    '((a)+b)*',
    '(?:x+)+',
    '(a{2,})+',
    '(.*a){25}',
    '(a?)+',
    '(a+)\\1+',
    '(?<n>a+)\\k<n>*',
    '([a-z]+)*$',
    '',
    '  ',
    'a'.repeat(501),
  ]
  for (const pattern of bad) t.match(safePattern(pattern), { problem: String }, JSON.stringify(pattern.slice(0, 30)))
  const good = [
    'clawd',
    '@?clawd',
    '\\bhey\\s+bot\\b',
    '(hey|hi) bot',
    '(?:hey )?bot+',
    '[(+*]+',
    'a{2,3}b+',
    '(ab){3}',
    '\\(a+\\)+',
    '(?=x)a*',
    '/clawd/gi',
    '小龙+',
    '(hey ){2}bot',
  ]
  for (const pattern of good) t.match(safePattern(pattern), { pattern: RegExp }, pattern)
})

t.test('flags of a pattern do not make it forget', async (t) => {
  const config = { messages: { groupChat: { mentionPatterns: ['/bot/g'] } } }
  const patterns = heard().mentions.patterns(config as Config, 'main')
  for (const _ of [1, 2, 3]) t.equal(isMentioned('bot', patterns), true)
})
