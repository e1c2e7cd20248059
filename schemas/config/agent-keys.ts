import { Type } from '../type.js'
import { either, flag, int, list, mapOf, number, openSection, section, text, texts } from './words.js'

const modelRef = 'Model as <provider>/<model>.'

/** A model and what stands in for it when it fails. */
export const modelChoice = (description: string) =>
  either(description, [
    Type.String({ minLength: 1 }),
    section('A model and its stand-ins.', {
      primary: text(modelRef),
      fallbacks: list('Tried in order when the primary fails; [] turns fallback off.', Type.String()),
    }),
  ])

export const blockCoalesce = openSection('Small blocks wait for each other.', {
  minChars: int('They are said when there is so much, in characters.', { minimum: 1 }),
  idleMs: int('They are said when nothing came for so long, in milliseconds.', { default: 1_000 }),
})

export const identity = section('How the agent presents itself.', {
  name: text('Name.'),
  theme: text('Style in a few words.'),
  emoji: text('Emoji.'),
  avatar: text('Picture: path, URL or data URL.'),
  creature: text('What it is.'),
  vibe: text('Mood.'),
})

export const groupChat = section('Behaviour in groups.', {
  mentionPatterns: texts('Regular expressions that count as a mention; [] leaves native mentions only.'),
  historyLimit: int('Earlier messages given as context; 0 is none.', { default: 50 }),
})

export const memorySearchKeys = {
  enabled: flag('Offer memory_search and memory_get.'),
  provider: text('Who makes embeddings: a provider of models.providers, or none. Default: as embeddingModel says.'),
  model: text('Embedding model of that provider.'),
  extraPaths: texts('Further Markdown files and folders; relative to the workspace.'),
  query: openSection('What a search gives.', {
    maxResults: int('Results when the caller does not say.', { default: 6, minimum: 1, maximum: 50 }),
    minScore: number('Least relevance when the caller does not say, 0 to 1.', {
      default: 0.35,
      minimum: 0,
      maximum: 1,
    }),
  }),
}

export const memorySearch = openSection('Search over the memory files.', memorySearchKeys)

export const modelSettings = mapOf(
  'Settings by model, <provider>/<model>.',
  openSection('Settings of one model.', {
    alias: text('Short name.'),
    params: mapOf('Parameters sent to the model.', Type.Unknown()),
    agentRuntime: section('What runs the turn.', { id: text('Runtime id, e.g. claude-cli.') }),
    streaming: flag('Stream the answer.'),
    codeMode: Type.Unknown({ description: 'Code mode.' }),
  }),
)

export const subagentKeys = {
  maxConcurrent: int('Sub-agents at once.', { default: 8 }),
  archiveAfterMinutes: int('Finished ones are archived after so many minutes.', { default: 60 }),
  maxSpawnDepth: int('How deep sub-agents may start sub-agents.'),
  maxChildrenPerAgent: int('Children of one agent.'),
  allowAgents: texts('Agents that may be started; "*" for all.'),
  model: modelChoice('Model of sub-agents.'),
  runTimeoutSeconds: int('Longest run in seconds; 0 is unlimited.'),
}
