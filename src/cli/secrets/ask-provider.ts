import type { Translate } from '../messages.js'
import type { Prompter } from '../prompts/types.js'

/** One provider: its name, where it reads, and what that needs. */
export async function askProvider(prompter: Prompter, t: Translate): Promise<{ alias: string; provider: object }> {
  const named = (answer: string) => (/^[a-z][a-z0-9_-]{0,63}$/.test(answer) ? undefined : t('secrets.ask.badAlias'))
  const alias = await prompter.text({ message: t('secrets.ask.alias'), placeholder: 'vault', check: named })
  const source = await prompter.select({
    message: t('secrets.ask.source'),
    choices: [
      { value: 'file', label: t('secrets.ask.source.file') },
      { value: 'exec', label: t('secrets.ask.source.exec') },
      { value: 'env', label: t('secrets.ask.source.env') },
    ],
  })
  if (source === 'env') return { alias, provider: await askEnvironment(prompter, t) }
  return { alias, provider: source === 'file' ? await askFile(prompter, t) : await askProgram(prompter, t) }
}

async function askEnvironment(prompter: Prompter, t: Translate): Promise<object> {
  const allowlist = words(await prompter.text({ message: t('secrets.ask.allowlist'), initial: '' }))
  return { source: 'env', ...(allowlist.length > 0 && { allowlist }) }
}

async function askFile(prompter: Prompter, t: Translate): Promise<object> {
  const path = await prompter.text({
    message: t('secrets.ask.path'),
    placeholder: '~/.openclaw/secrets.json',
    check: absolute(t),
  })
  const single = await prompter.confirm({ message: t('secrets.ask.singleValue'), initial: false })
  return { source: 'file', path, ...(single && { mode: 'singleValue' }) }
}

async function askProgram(prompter: Prompter, t: Translate): Promise<object> {
  const command = await prompter.text({
    message: t('secrets.ask.command'),
    placeholder: '/usr/bin/op',
    check: absolute(t),
  })
  const args = words(await prompter.text({ message: t('secrets.ask.args'), initial: '' }))
  const passEnv = words(await prompter.text({ message: t('secrets.ask.passEnv'), initial: 'HOME' }))
  const plain = await prompter.confirm({ message: t('secrets.ask.plainOutput'), initial: true })
  return {
    source: 'exec',
    command,
    ...(args.length > 0 && { args }),
    ...(passEnv.length > 0 && { passEnv }),
    ...(plain && { jsonOnly: false }),
  }
}

const absolute = (t: Translate) => (answer: string) =>
  /^(?:\/|~\/|[A-Za-z]:[\\/])/.test(answer) ? undefined : t('secrets.ask.notAbsolute')

const words = (text: string) => text.split(/\s+/).filter((word) => word !== '')
