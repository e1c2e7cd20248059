import { generateWAMessageContent } from 'baileys'
import t from 'tap'
import { until } from '../../helper/calls.js'
import { ada, bot, friends } from './phone.js'
import { direct, stage } from './stage.js'

t.test('options of the socket: the phone keeps its notifications, no history is asked for', async (t) => {
  const { phone } = await stage(t)
  const { config } = await phone.socket(1)
  t.match(config, { markOnlineOnConnect: false, syncFullHistory: false, browser: ['openclaw', 'Chrome', String] })
})

t.test('a message of a person, in the words of all channels', async (t) => {
  const { up, heard, state } = await stage(t)
  const socket = await up()
  const id = socket.says('hello')
  const [message] = await heard(1)
  t.match(message, {
    id: `+491701111111/${id}/`,
    place: direct,
    sender: { id: '+491701111111', e164: '+491701111111', name: 'Ada' },
    text: 'hello',
    mentioned: false,
  })
  t.match(state(), { connected: true, identity: '+491700000001' })
})

t.test('envelopes are opened, and what is for nobody is left out', async (t) => {
  const { up, heard, received } = await stage(t)
  const socket = await up()
  socket.says({ ephemeralMessage: { message: { extendedTextMessage: { text: 'gone soon' } } } })
  socket.says({ viewOnceMessageV2: { message: { imageMessage: { caption: 'once' } } } })
  socket.says({ documentWithCaptionMessage: { message: { documentMessage: { caption: 'read it' } } } })
  socket.says('a story', { remoteJid: 'status@broadcast', participant: ada })
  socket.says({ protocolMessage: { type: 0 } })
  socket.says('to somebody else', { fromMe: true })
  socket.says('last')
  await heard(4)
  t.strictSame(
    received.map(({ text }) => text),
    ['gone soon', 'once', 'read it', 'last'],
  )
})

t.test('a hidden name is a number where that is known, and itself where not', async (t) => {
  const { phone, up, heard } = await stage(t)
  const socket = await up()
  phone.numbers.set('77@lid', '491702222222:3@s.whatsapp.net')
  socket.says('told', { remoteJid: '55@lid', remoteJidAlt: ada })
  socket.says('mapped', { remoteJid: '77@lid' })
  socket.says('unknown', { remoteJid: '99@lid' })
  const all = await heard(3)
  t.strictSame(
    all.map(({ sender }) => sender.id),
    ['+491701111111', '+491702222222', '99@lid'],
  )
})

t.test('a group: who speaks to the bot is seen, by its number, its hidden name, or by an answer to it', async (t) => {
  const { up, heard } = await stage(t)
  const socket = await up()
  const from = { remoteJid: friends, participant: '77@lid', participantAlt: ada }
  socket.says('nice weather', from)
  const mention = (jid: string) => ({ extendedTextMessage: { text: '@bot hi', contextInfo: { mentionedJid: [jid] } } })
  socket.says(mention('491700000001@s.whatsapp.net'), from)
  socket.says(mention('9001@lid'), from)
  const quotedMessage = { conversation: 'I said so' }
  socket.says(
    { extendedTextMessage: { text: 'why?', contextInfo: { stanzaId: 'Q1', participant: bot.lid, quotedMessage } } },
    from,
  )
  const all = await heard(4)
  t.strictSame(
    all.map(({ mentioned }) => mentioned),
    [false, true, true, true],
  )
  t.match(all[0], { place: { kind: 'group', id: friends }, sender: { id: '+491701111111' } })
  t.match(all[3]?.replyTo, { id: `${friends}/Q1/me`, text: 'I said so' })
})

t.test('self chat: the owner is heard, the answer of the bot is no message', async (t) => {
  const { up, heard, send, phone, received } = await stage(t)
  const socket = await up()
  const own = '491700000001@s.whatsapp.net'
  socket.says('note to self', { remoteJid: own, fromMe: true })
  const [message] = await heard(1)
  t.match(message, { self: true, place: { id: '+491700000001' } })
  await send({ kind: 'direct', id: '+491700000001' }, { text: 'noted' })
  await until(() => phone.sent.length === 1)
  const id = phone.sent[0]?.options.messageId
  // The phone shows the account's other devices what one of them wrote.
  socket.says('noted', { remoteJid: own, fromMe: true, id })
  socket.says('after it', { remoteJid: own, fromMe: true })
  await heard(2)
  t.strictSame(
    received.map(({ text }) => text),
    ['note to self', 'after it'],
  )
})

t.test('what came while nobody was connected is heard, unless it is old', async (t) => {
  const { up, heard } = await stage(t)
  const socket = await up()
  const late = (text: string, hours: number, fromMe = false) =>
    socket.emit('messages.upsert', {
      type: 'append',
      messages: [
        {
          key: { remoteJid: ada, fromMe, id: text },
          message: { conversation: text },
          messageTimestamp: Math.floor(Date.now() / 1000) - hours * 3_600,
        },
      ],
    })
  late('yesterday', 24)
  late('mine', 0, true)
  late('an hour ago', 1)
  const all = await heard(1)
  t.strictSame(
    all.map(({ text }) => text),
    ['an hour ago'],
  )
})

t.test('a read receipt and the typing sign come with the turn, not before somebody was let in', async (t) => {
  const { up, heard, connection, phone } = await stage(t)
  const socket = await up()
  const id = socket.says('hello')
  await heard(1)
  t.strictSame(phone.read, [])
  await connection()?.seen?.(direct, new AbortController().signal)
  await connection()?.typing?.(direct, new AbortController().signal)
  await connection()?.idle?.(direct, new AbortController().signal)
  t.strictSame(phone.read, [id])
  t.strictSame(phone.presence, [`composing ${ada}`, `paused ${ada}`])
})

t.test('sendReadReceipts: false', async (t) => {
  const { up, heard, connection, phone } = await stage(t, { keys: { sendReadReceipts: false } })
  const socket = await up()
  socket.says('hello')
  await heard(1)
  await connection()?.seen?.(direct, new AbortController().signal)
  await connection()?.typing?.(direct, new AbortController().signal)
  t.strictSame(phone.read, [])
  t.strictSame(phone.presence, [`composing ${ada}`])
})

t.test('text in the marks of WhatsApp, quotes, names in groups, files', async (t) => {
  const { up, heard, send, phone } = await stage(t)
  const socket = await up()
  const id = socket.says('question')
  const [question] = await heard(1)
  await send(direct, { text: '**Yes**, [see](https://e.org)', replyTo: question?.id ?? '' })
  await send({ kind: 'group', id: friends }, { text: 'ask @+491701111111' })
  const image = { kind: 'image' as const, name: 'a.png', mime: 'image/png', path: '/tmp/a.png' }
  await send(direct, { text: 'a cat', media: [image] })
  await until(() => phone.sent.length === 3)
  const to = (jid: string) => phone.sent.filter((one) => one.jid === jid)
  const [first, second] = to(ada)
  t.match(first, { content: { text: '*Yes*, see (https://e.org)' }, options: { quoted: { key: { id } } } })
  t.match(second?.content, { image: { url: '/tmp/a.png' }, mimetype: 'image/png', caption: 'a cat' })
  t.match(to(friends)[0]?.content, { text: 'ask @491701111111', mentions: [ada] })
})

t.test('a try that was refused for now has the same id when it is made again', async (t) => {
  const { up, send, phone } = await stage(t)
  await up()
  phone.troubles.push(428)
  await send(direct, { text: 'once' })
  await until(() => phone.sent.length === 1)
  t.match(phone.sent[0]?.options.messageId, /^3EB0[0-9A-F]{18}$/)
})

t.test('a poll is one of the library, under an id of its own', async (t) => {
  const { up, connection, phone } = await stage(t)
  await up()
  const poll = { question: 'Lunch?', options: ['Soup', 'Rice', 'Cake'], maxSelections: 2, key: 'k' }
  const asked = await connection()?.poll?.(direct, poll, AbortSignal.timeout(5_000))
  t.match(asked?.id, /^\+491701111111\/3EB0[0-9A-F]{18}\/me$/)
  const { jid, content } = phone.sent[0] ?? {}
  t.equal(jid, ada)
  // What Baileys itself makes of it.
  const { pollCreationMessageV3: three, pollCreationMessage: one } = await generateWAMessageContent(
    content,
    {} as never,
  )
  t.match(three ?? one, { name: 'Lunch?', selectableOptionsCount: 2, options: [{ optionName: 'Soup' }, {}, {}] })
})

t.test('the directory: groups, and who is in them by number where it is told', async (t) => {
  const { up, connection } = await stage(t)
  await up()
  const signal = AbortSignal.timeout(5_000)
  const directory = connection()?.directory
  t.same(await directory?.self?.(signal), { kind: 'direct', id: '+491700000001' })
  t.same(await directory?.groups?.(undefined, signal), [{ kind: 'group', id: friends, name: 'Friends' }])
  t.same(await directory?.members?.(friends, undefined, signal), [
    { kind: 'direct', id: '+491701111111', name: 'Ada' },
    { kind: 'direct', id: '88@lid' },
    { kind: 'direct', id: '+491700000001' },
  ])
  t.equal(directory?.peers, undefined, 'contacts stay on the phone')
  await t.rejects(async () => void (await directory?.members?.(ada, undefined, signal)), /no WhatsApp group/)
})

t.test('reaction, change, removal', async (t) => {
  const { up, heard, connection, phone } = await stage(t)
  const socket = await up()
  const id = socket.says('hello')
  const [message] = await heard(1)
  const { signal } = new AbortController()
  const sent = await connection()?.send(direct, { text: 'first', key: 'k' }, signal)
  await connection()?.react?.(direct, message?.id ?? '', '👍', signal)
  await connection()?.edit?.(direct, sent?.id ?? '', 'second', signal)
  await connection()?.remove?.(direct, sent?.id ?? '', signal)
  const own = { remoteJid: ada, fromMe: true, id: phone.sent[0]?.options.messageId }
  t.match(phone.sent[1]?.content, { react: { text: '👍', key: { remoteJid: ada, fromMe: false, id } } })
  t.match(phone.sent[2]?.content, { text: 'second', edit: own })
  t.match(phone.sent[3]?.content, { delete: own })
})

t.test('a message is pinned for a month, and let go', async (t) => {
  const { up, connection, phone } = await stage(t)
  await up()
  const { signal } = new AbortController()
  await connection()?.pin?.(direct, 'ABC', signal)
  await connection()?.unpin?.(direct, 'ABC', signal)
  t.match(
    phone.sent.map(({ content }) => content),
    [
      { pin: { remoteJid: ada, id: 'ABC' }, type: 1, time: 2_592_000 },
      { pin: { id: 'ABC' }, type: 2 },
    ],
  )
})

t.test('files: read to their limit, and only from WhatsApp', async (t) => {
  const { up, heard, connection, phone } = await stage(t)
  const socket = await up()
  const file = (directPath: string) => ({
    imageMessage: { mediaKey: Buffer.from('key'), directPath, mimetype: 'image/png', fileLength: 6 },
  })
  phone.files.set('/v/one', [Buffer.from('abc'), Buffer.from('def')])
  socket.says(file('/v/one'))
  socket.says(file('@evil.example/x'))
  socket.says(file('//evil.example/x'))
  const media = (await heard(3)).map((message) => message.media?.[0])
  const [good, ...bad] = media
  if (!good) return t.fail('no file')
  t.match(good, { kind: 'image', mime: 'image/png', bytes: 6 })
  const { signal } = new AbortController()
  const read = async (one: typeof good, most: number) => connection()?.fetchMedia?.(one, most, signal)
  t.equal(Buffer.from((await read(good, 100)) ?? []).toString(), 'abcdef')
  await t.rejects(read(good, 4), { message: /too large|not one of WhatsApp/ })
  for (const one of bad) if (one) await t.rejects(read(one, 100), { message: /too large|not one of WhatsApp/ })
})

t.test('a message that was handed on is marked as such, and the name of the bot in front is left out', async (t) => {
  const { up, heard } = await stage(t)
  const socket = await up()
  socket.says({ extendedTextMessage: { text: '/status', contextInfo: { isForwarded: true, forwardingScore: 1 } } })
  socket.says({ extendedTextMessage: { text: '@491700000001 /status', contextInfo: { mentionedJid: [bot.id] } } })
  const [forwarded, mentioned] = await heard(2)
  t.match(forwarded, { text: '/status', forwarded: true })
  t.equal(mentioned?.text, '/status')
  t.equal(mentioned?.forwarded, undefined)
})
