import t from 'tap'
import { loadLibrary } from '../../src/channels/_library.js'

t.test('a library that is not installed is named, with the command that helps', async (t) => {
  const name = 'a-library-that-nobody-installed'
  const failure = await loadLibrary('discord.js', () => import(name)).catch((error: unknown) => error)
  t.match(failure, { kind: 'auth', message: 'discord.js is not installed. Run: npm install discord.js' })
})

t.test('what a library throws while it loads is not called missing', async (t) => {
  const broken = () => Promise.reject(new Error('broken'))
  await t.rejects(loadLibrary('x', broken), new Error('broken'))
})
