import { groupLabels, type ToolGroup, toolGroups } from '../_groups.js'
import { decide } from '../_policy/decide.js'
import { type ProfileName, profileNames } from '../_policy/profiles.js'
import { profileLayer } from '../_policy/scope.js'
import type { Tool } from '../_types.js'

export interface CatalogueGroup {
  readonly id: ToolGroup
  readonly label: string
  readonly tools: readonly CatalogueTool[]
}

export interface CatalogueTool {
  readonly name: string
  readonly label: string
  readonly summary: string
  /** Profiles that hold it. */
  readonly profiles: readonly ProfileName[]
}

/** Every tool by group, for people who choose; groups without a tool are left out. */
export function catalogueOf(tools: readonly Tool[]): readonly CatalogueGroup[] {
  const holding = new Map(profileNames.map((profile) => [profile, namesIn(profile, tools)]))
  const row = ({ name, label, summary }: Tool): CatalogueTool => ({
    name,
    label,
    summary,
    profiles: profileNames.filter((profile) => holding.get(profile)?.has(name)),
  })
  return toolGroups.flatMap((id) => {
    const members = tools.filter(({ group }) => group === id)
    return members.length === 0 ? [] : [{ id, label: groupLabels[id], tools: members.map(row) }]
  })
}

function namesIn(profile: ProfileName, tools: readonly Tool[]): ReadonlySet<string> {
  const layers = profileLayer('profile', { key: 'tools', rules: { profile } }, [])
  const { verdicts } = decide(layers, tools, { owner: true })
  return new Set([...verdicts].flatMap(([name, { allowed }]) => (allowed ? [name] : [])))
}
