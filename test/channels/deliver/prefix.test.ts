import t from 'tap'
import { fillPrefix, prefixTemplate } from '../../../src/channels/deliver/prefix.js'

const facts = { identityName: 'Ada', provider: 'openai', model: 'gpt', thinkingLevel: 'high' }
const unknown = { identityName: undefined, provider: undefined, model: undefined, thinkingLevel: undefined }

t.test('variables, in any case; what is no variable stays', async (t) => {
  t.equal(
    fillPrefix('{MODEL} {modelFull} {Identity.Name} {think} {other}', facts, false),
    'gpt openai/gpt Ada high {other}',
  )
  t.equal(fillPrefix('{model}{provider}{think}', unknown, false), '')
})

t.test('auto: the name in brackets; in a chat with oneself there is always a prefix', async (t) => {
  t.equal(fillPrefix('auto', facts, false), '[Ada]')
  t.equal(fillPrefix('auto', unknown, false), '')
  t.equal(fillPrefix('auto', unknown, true), '[openclaw]')
})

t.test('a chat with oneself has one unless the config says something else', async (t) => {
  const account = (keys: object) => ({
    channel: 'whatsapp',
    id: 'default',
    path: 'channels.whatsapp',
    keys: { ...keys },
  })
  t.equal(prefixTemplate(account({}), {}, true), 'auto')
  t.equal(prefixTemplate(account({}), {}, false), undefined)
  t.equal(prefixTemplate(account({ responsePrefix: '' }), { messages: { responsePrefix: 'x' } }, true), '')
  t.equal(prefixTemplate(account({}), { messages: { responsePrefix: 'x' } }, true), 'x')
})
