import t, { type Test } from 'tap'
import { until } from '../../helper/calls.js'
import { stageOf } from '../_stage.js'
import { ada, appId, FeishuServer, group, secret } from './server.js'

async function stage(t: Test) {
  const api = await new FeishuServer().start(t)
  const all = await stageOf(t, { channel: 'feishu', keys: { appId, appSecret: secret, domain: api.root } })
  await until(async () => (await all.state()).connected === true)
  const send = (to: string, filename: string, content: string | Buffer, more: object = {}) =>
    all.socket.request('send', {
      ...{ to, filename, buffer: Buffer.from(content as string, 'latin1').toString('base64') },
      ...{ idempotencyKey: `${filename} ${to}`, ...more },
    })
  return { api, ...all, send }
}

const png = '\x89PNG\r\n\x1a\n and so on'

t.test('files are uploaded and shown: pictures, videos, voice, and everything else as a file', async (t) => {
  const { api, send } = await stage(t)
  t.match((await send(group, 'a.png', png, { message: 'look' })).payload, {
    channel: 'feishu',
    messageId: /^om_sent_0/,
  })
  await send(`user:${ada}`, 'plan.pdf', '%PDF-1.7')
  await send(group, 'clip.mp4', '\0\0\0\x18ftypisom')
  await send(group, 'note.ogg', 'OggS voice', { asVoice: true })
  await send(group, 'song.ogg', 'OggS song')
  t.match(api.uploads, [
    { path: /images$/, body: { image_type: 'message', image: { name: 'a.png', size: png.length, type: 'image/png' } } },
    { path: /files$/, body: { file_type: 'pdf', file_name: 'plan.pdf', file: { size: 8 } } },
    { body: { file_type: 'mp4' } },
    { body: { file_type: 'opus' } },
    { body: { file_type: 'stream', file_name: 'song.ogg' } },
  ])
  t.match(
    api.posts.map(({ body }) => [body.receive_id, body.msg_type, JSON.parse(body.content)]),
    [
      [group, 'image', { image_key: 'image_key_1' }],
      [group, 'text', { text: 'look' }],
      [ada, 'file', { file_key: 'file_key_2' }],
      [group, 'media', { file_key: 'file_key_3' }],
      [group, 'audio', { file_key: 'file_key_4' }],
      [group, 'file', { file_key: 'file_key_5' }],
    ],
  )
})

t.test('an upload that fails is done again, with a new token where the old one ended', async (t) => {
  const { api, send } = await stage(t)
  api.valid = 'another one'
  api.fails({ status: 500, code: 1 })
  t.match((await send(group, 'a.png', png)).payload, { messageId: /^om_sent/ })
  t.equal(api.uploads.length, 1)
  t.equal(api.posts.length, 1)
  api.fails({ status: 400, code: 234006 })
  t.match((await send(group, 'b.png', png)).error, { message: /Not sent over feishu: image: 400 234006/ })
})

t.test('a picture above 10 MB goes as a file', async (t) => {
  const { api, send } = await stage(t)
  await send(group, 'big.png', Buffer.concat([Buffer.from(png, 'latin1'), Buffer.alloc(10 * 1024 ** 2)]))
  t.match(api.uploads, [{ path: /files$/, body: { file_type: 'stream', file: { name: 'big.png' } } }])
  t.match(api.posts, [{ body: { msg_type: 'file' } }])
})
