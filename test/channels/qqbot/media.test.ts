import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { stageOf } from '../_stage.js'
import { ada, appId, group, QqServer, secret } from './server.js'

async function stage(t: Test) {
  const api = await new QqServer().start(t)
  const keys = { appId, clientSecret: secret, apiRoot: api.root, tokenUrl: `${api.root}/token` }
  const all = await stageOf(t, { channel: 'qqbot', keys })
  await until(async () => (await all.state()).connected === true)
  const send = (to: string, filename: string, content: Buffer, more: object = {}) =>
    all.socket.request('send', { to, filename, buffer: content.toString('base64'), idempotencyKey: filename, ...more })
  return { api, ...all, send }
}

const png = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1')

t.test('a file is uploaded to where it is shown, with the text under it, as an answer', async (t) => {
  const { api, send } = await stage(t)
  const id = api.says('send me something')
  await until(() => api.posts.length === 1)
  t.match((await send(`user:${ada}`, 'a.png', png, { message: '**look**' })).payload, { channel: 'qqbot' })
  await send(`group:${group}`, 'plan.pdf', Buffer.from('%PDF-1.7'))
  t.match(api.uploads, [
    {
      path: `/v2/users/${ada}/files`,
      body: { file_type: 1, file_data: png.toString('base64'), srv_send_msg: false },
    },
    { path: `/v2/groups/${group}/files`, body: { file_type: 4, file_name: 'plan.pdf' } },
  ])
  t.match(api.posts.slice(1), [
    {
      path: `/v2/users/${ada}/messages`,
      body: { msg_type: 7, content: 'look', media: { file_info: 'info-1' }, msg_id: id, msg_seq: 2 },
    },
    { path: `/v2/groups/${group}/messages`, body: { msg_type: 7, media: { file_info: 'info-2' } } },
  ])
})

t.test('what QQ does not take is refused with the limit, and not sent without its file', async (t) => {
  const { api, send } = await stage(t)
  const big = Buffer.concat([png, Buffer.alloc(5 * 1024 ** 2)])
  t.match((await send(`user:${ada}`, 'big.png', big, { message: 'look' })).error, {
    message: 'Not sent over qqbot: big.png is too large: QQ takes files of 5 MB at most.',
  })
  t.match((await send('channel:12345', 'a.png', png)).error, { message: /not to rooms of servers/ })
  api.refusesFiles = { code: 850026, message: 'bad file' }
  t.match((await send(`user:${ada}`, 'b.png', png)).error, { message: /users\/…\/files: 400 850026 bad file/ })
  t.equal(api.posts.length, 0)
})
