import { writeAtomic } from '../../kernel/atomic-file.js'
import { jsonOption } from '../client-options.js'
import { installLine, type Shell, scriptPath, shells, startFile } from '../completion/install.js'
import type { CommandContext } from '../context.js'
import { defineCommand } from '../define.js'
import { languageOf } from '../locale.js'
import { usageError } from '../usage.js'

export default defineCommand({
  summary: 'completion.summary',
  description: 'completion.description',
  options: {
    shell: { kind: 'choice', choices: shells, text: 'completion.option.shell', short: 's' },
    install: { kind: 'flag', text: 'completion.option.install', short: 'i' },
    writeState: { kind: 'flag', text: 'completion.option.writeState' },
    yes: { kind: 'flag', text: 'completion.option.install', short: 'y', hidden: true },
    ...jsonOption,
  },
  examples: [
    { command: 'completion --shell bash', text: 'completion.example.print' },
    { command: 'completion --install', text: 'completion.example.install' },
  ],
  async run(context, _args, { shell: given, install, writeState }) {
    const { out, t, env } = context
    const shell = given ?? shellOf(env.SHELL)
    if (shell === undefined) throw usageError(t('completion.whichShell'), 'completion --help')
    if (!install && !writeState) {
      const script = await scriptFor(shell, context)
      if (out.json) out.result({ ok: true, shell, script }, () => [])
      else out.raw(script)
      return 0
    }
    const { paths } = await context.instance()
    const written: string[] = []
    for (const one of install ? [shell] : shells) {
      const path = scriptPath(paths.state, one)
      await writeAtomic(path, await scriptFor(one, context))
      written.push(path)
    }
    if (!install) {
      out.result({ ok: true, written }, () => written)
      return 0
    }
    const file = startFile(shell, env.HOME || paths.home, env)
    const added = await installLine(file, scriptPath(paths.state, shell))
    out.result({ ok: true, shell, written, file, added }, () => [
      added ? t('completion.installed', { file }) : t('completion.alreadyInstalled', { file }),
    ])
    return 0
  },
})

function shellOf(path: string | undefined): Shell | undefined {
  const name = path?.split('/').at(-1)
  return shells.find((shell) => shell === name)
}

async function scriptFor(shell: Shell, { t, env }: CommandContext): Promise<string> {
  const [{ readIndex }, words, script] = await Promise.all([
    import('../index/read.js'),
    import('../completion/words.js'),
    import('../completion/scripts.js'),
  ])
  const nodes = words.completionNodes(await readIndex(), languageOf(env), words.rootCompletionOptions(t))
  return script.scripts[shell](nodes)
}
