import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ChatPairing, pairingText } from '../../src/channels/pairing.js'
import { openSqliteStore } from '../../src/storage/sqlite.js'
import { HandClock } from '../helper/clock.js'
import { testFolder } from '../helper/folder.js'

const hour = 3_600_000

async function world(t: Test) {
  const path = join(testFolder(t), 'openclaw.db')
  const store = await openSqliteStore(path)
  t.teardown(() => store.close())
  const clock = new HandClock()
  return { path, clock, store, pairing: new ChatPairing({ store: store.chatPairing, clock, profile: 'rescue' }) }
}

const ann = { id: '7', name: 'Ann', username: 'ann' }

t.test('a code per sender, said once', async (t) => {
  const { pairing, clock } = await world(t)
  const first = await pairing.request('telegram', 'default', ann)
  t.match(first?.code, /^[A-HJ-NP-Z2-9]{8}$/)
  t.equal(first?.created, true)
  clock.advance(60_000)
  t.strictSame(await pairing.request('telegram', 'default', ann), { code: first?.code, created: false })
  t.match(await pairing.list(), [
    { code: first?.code, sender: '7', name: 'Ann @ann', createdAt: clock.now() - 60_000, seenAt: clock.now() },
  ])
})

t.test('codes are random: every sign of the alphabet, none of 0 O 1 I', async (t) => {
  const { pairing } = await world(t)
  const codes = new Set<string>()
  for (let account = 0; account < 150; account += 1) {
    codes.add((await pairing.request('telegram', String(account), ann))?.code ?? '')
  }
  t.equal(codes.size, 150)
  t.equal(new Set([...codes].join('')).size, 32)
  t.notMatch([...codes].join(''), /[0O1I]/)
})

t.test('three wait at once for an account; one that goes makes room', async (t) => {
  const { pairing } = await world(t)
  const ask = (id: string, account = 'default') => pairing.request('telegram', account, { id })
  const [first] = [await ask('1'), await ask('2'), await ask('3')]
  t.equal(await ask('4'), undefined)
  t.equal((await ask('1'))?.created, false, 'those that wait still do')
  t.ok(await ask('4', 'work'), 'another account has places of its own')
  t.ok(await pairing.request('discord', 'default', { id: '4' }), 'and another channel')
  await pairing.dismiss({ code: first?.code ?? '' })
  t.ok(await ask('4'))
  t.equal(await ask('5'), undefined)
})

t.test('many at once: still three, and one code for one sender', async (t) => {
  const { pairing } = await world(t)
  const asked = await Promise.all(
    Array.from({ length: 40 }, (_, index) => pairing.request('telegram', 'default', { id: String(index % 8) })),
  )
  t.equal(new Set(asked.flatMap((one) => one?.code ?? [])).size, 3)
  t.equal(asked.filter((one) => one?.created).length, 3)
})

t.test('after an hour a code is worth nothing, its place is free, and the sender gets another', async (t) => {
  const { pairing, clock } = await world(t)
  const old = await pairing.request('telegram', 'default', ann)
  clock.advance(hour - 1)
  t.equal((await pairing.request('telegram', 'default', ann))?.created, false, 'writing does not prolong it')
  clock.advance(1)
  t.strictSame(await pairing.list(), [])
  await t.rejects(pairing.approve({ code: old?.code ?? '' }), { code: 'not_found' })
  const next = await pairing.request('telegram', 'default', ann)
  t.equal(next?.created, true)
  t.not(next?.code, old?.code)
})

t.test('approved: let in there and nowhere else, until it is taken back', async (t) => {
  const { pairing } = await world(t)
  const { code = '' } = (await pairing.request('telegram', 'default', ann)) ?? {}
  t.match(await pairing.approve({ code: ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)} ` }), { sender: '7' })
  t.strictSame([...(await pairing.allowed('telegram', 'default'))], ['7'])
  t.equal((await pairing.allowed('telegram', 'work')).size, 0)
  t.equal((await pairing.allowed('discord', 'default')).size, 0)
  t.strictSame(await pairing.list(), [])
  await t.rejects(pairing.approve({ code }), { code: 'not_found' }, 'once')
  t.match(await pairing.listAllowed(), [{ channel: 'telegram', account: 'default', sender: '7', name: 'Ann @ann' }])
  t.equal(await pairing.remove({ channel: 'telegram', account: 'default' }, '7'), true)
  t.equal(await pairing.remove({ channel: 'telegram', account: 'default' }, '7'), false)
  t.equal((await pairing.allowed('telegram', 'default')).size, 0)
})

t.test('of two who approve at once, one does', async (t) => {
  const { pairing } = await world(t)
  const { code = '' } = (await pairing.request('telegram', 'default', ann)) ?? {}
  const both = await Promise.allSettled([pairing.approve({ code }), pairing.approve({ code })])
  t.strictSame(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

t.test('a code counts for the channel and the account that are named', async (t) => {
  const { pairing } = await world(t)
  const { code = '' } = (await pairing.request('telegram', 'work', ann)) ?? {}
  await t.rejects(pairing.approve({ code, channel: 'discord' }), { code: 'not_found', message: /for discord/ })
  await t.rejects(pairing.approve({ code, account: 'default' }), { code: 'not_found' })
  t.match(await pairing.approve({ code, channel: 'telegram', account: 'work' }), { account: 'work' })
})

t.test('a wrong code names the profile', async (t) => {
  const { pairing } = await world(t)
  await t.rejects(pairing.approve({ code: 'AAAAAAAA' }), {
    code: 'not_found',
    message: /"AAAAAAAA" in the profile "rescue"/,
    details: { profile: 'rescue', next: 'pairing list' },
  })
})

t.test('guessing: ten wrong codes, then not even the right one for ten minutes', async (t) => {
  const { pairing, clock } = await world(t)
  const { code = '' } = (await pairing.request('telegram', 'default', ann)) ?? {}
  for (let wrong = 0; wrong < 10; wrong += 1) {
    await t.rejects(pairing.approve({ code: 'AAAAAAAA' }), { code: 'not_found' })
    clock.advance(1_000)
  }
  await t.rejects(pairing.approve({ code }), { code: 'rate_limited', message: /Wait 10 minutes/ })
  clock.advance(600_000 - 10_000)
  t.match(await pairing.approve({ code }), { sender: '7' }, 'the first guess is forgotten, one is free')
})

t.test('what was decided is still there after a restart', async (t) => {
  const path = join(testFolder(t), 'openclaw.db')
  const clock = new HandClock()
  const store = await openSqliteStore(path)
  const pairing = new ChatPairing({ store: store.chatPairing, clock, profile: 'rescue' })
  const { code = '' } = (await pairing.request('telegram', 'default', ann)) ?? {}
  await pairing.approve({ code })
  await pairing.request('telegram', 'default', { id: '8' })
  await store.close()
  const again = await openSqliteStore(path)
  t.teardown(() => again.close())
  const next = new ChatPairing({ store: again.chatPairing, clock, profile: 'rescue' })
  t.strictSame([...(await next.allowed('telegram', 'default'))], ['7'])
  t.match(await next.list(), [{ sender: '8' }])
})

t.test('what another process decides counts at once', async (t) => {
  const { pairing, path, clock } = await world(t)
  const other = await openSqliteStore(path)
  t.teardown(() => other.close())
  const command = new ChatPairing({ store: other.chatPairing, clock, profile: 'rescue' })
  const { code = '' } = (await pairing.request('telegram', 'default', ann)) ?? {}
  await command.approve({ code })
  t.strictSame([...(await pairing.allowed('telegram', 'default'))], ['7'])
})

t.test('names that strangers choose are short and on one line', async (t) => {
  const { pairing } = await world(t)
  await pairing.request('telegram', 'default', { id: '1', name: `a\n\u202eb\u0000 ${'x'.repeat(200)}` })
  await pairing.request('telegram', 'default', { id: '2', name: ' \n ' })
  const waiting = await pairing.list()
  const [long, none] = ['1', '2'].map((id) => waiting.find(({ sender }) => sender === id))
  t.match(long?.name, /^a b x+$/)
  t.ok((long?.name?.length ?? 0) <= 80)
  t.equal(none?.name, undefined)
})

t.test('the answer to a stranger', async (t) => {
  const said = { channel: 'telegram', label: 'Telegram', sender: '7', code: 'K7QXR2MB' }
  const text = pairingText({ ...said, profile: 'rescue', account: 'default' })
  t.match(text, /Your Telegram id: 7\n/)
  t.match(text, /Pairing code: K7QXR2MB \(good for 60 minutes\)/)
  t.match(text, /\nopenclaw --profile rescue pairing approve telegram K7QXR2MB\n/)
  t.match(text, /profile "rescue"/)
  t.match(text, /配对码/)
  t.match(
    pairingText({ ...said, profile: 'default', account: 'work' }),
    /\nopenclaw pairing approve telegram K7QXR2MB --account work\n/,
  )
})

t.test('telling somebody that he was let in', async (t) => {
  const { store, clock, pairing } = await world(t)
  const row = { code: 'A', channel: 'telegram', account: 'default', sender: '7', createdAt: 1, seenAt: 1 }
  const telling = (notify: () => Promise<'sent'>) =>
    new ChatPairing({ store: store.chatPairing, clock, profile: 'x', notify }).notify(row)
  t.equal(await pairing.notify(row), 'unsupported')
  t.equal(await telling(async () => 'sent'), 'sent')
  t.equal(await telling(() => Promise.reject(new Error('gone'))), 'failed')
})
