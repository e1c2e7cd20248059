import type { Config } from '../../schemas/config/index.js'
import { Type } from '../../schemas/type.js'
import { commitPatch } from './_patch/commit.js'
import { parsePatch } from './_patch/parse.js'
import { planPatch } from './_patch/plan.js'
import { failed, said } from './_text/file.js'
import { defineTool } from './_types.js'

export default defineTool({
  group: 'fs',
  label: 'Apply patch',
  summary:
    'Add, update, move and delete files by one patch, all or nothing. Sections between "*** Begin Patch" and "*** End Patch": "*** Add File: p" (lines with +), "*** Delete File: p", "*** Update File: p" (optional "*** Move to: q"; hunks after "@@ nearby line" with " ", "-", "+" lines and a few lines of context; "*** End of File").',
  // Edit does the same for one file.
  rare: true,
  params: Type.Object({ input: Type.String({ minLength: 1, maxLength: 2_000_000 }) }),
  spellings: { patch: 'input', patchText: 'input' },
  setupKey: 'tools.exec.applyPatch',
  available(config, { agent, model }) {
    const { enabled = true, allowModels = [] } = settingsOf(config, agent)
    return (
      enabled && (model === undefined || allowModels.length === 0 || allowModels.some((name) => isModel(name, model)))
    )
  },
  async run({ files, config, agent, log }, { input }) {
    const parsed = parsePatch(input)
    if ('problem' in parsed) return failed(`The patch is not valid. ${parsed.problem} Nothing was changed.`)
    const { workspaceOnly = true } = settingsOf(config, agent)
    const own = workspaceOnly ? files.workspaceOnly() : files
    const plan = await planPatch(own, parsed.steps)
    if (typeof plan === 'string') return failed(`${plan}\nNothing was changed.`)
    await commitPatch(own, plan.changes, log)
    return said(`Done:\n${plan.summary.join('\n')}`, { summary: plan.summary })
  },
})

type PatchSettings = NonNullable<NonNullable<NonNullable<Config['tools']>['exec']>['applyPatch']>

/** What is said of an agent before what holds for all. */
function settingsOf({ tools, agents }: Config, agent: string): PatchSettings {
  const general = tools?.exec?.applyPatch ?? {}
  const own = agents?.entries?.[agent]?.tools?.exec?.applyPatch ?? {}
  return { ...general, ...own }
}

/** `provider/model`, or the model alone. */
function isModel(name: string, model: string): boolean {
  const wanted = name.trim().toLowerCase()
  const full = model.toLowerCase()
  return wanted === full || full.endsWith(`/${wanted}`)
}
