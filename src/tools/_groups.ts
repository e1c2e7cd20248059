/** What tools are about: names that policies use for many at once, as `group:<name>` (spec/runtime.md 4.1). */
const labels = {
  fs: 'Files',
  runtime: 'Commands',
  web: 'Web',
  memory: 'Memory',
  sessions: 'Sessions',
  agents: 'Agents',
  messaging: 'Messaging',
  automation: 'Automation',
  media: 'Media',
  ui: 'Screens',
  nodes: 'Nodes',
} as const

export type ToolGroup = keyof typeof labels

/** In the order in which people are shown them. */
export const toolGroups = Object.keys(labels) as readonly ToolGroup[]

/** For people. */
export const groupLabels: Readonly<Record<ToolGroup, string>> = labels
