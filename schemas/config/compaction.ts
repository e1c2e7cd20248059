import { choice, flag, int, number, openSection, text } from './words.js'

/** How conversations stay within the window of their model (spec/runtime.md section 3.4). */
export const compaction = openSection('Summing up of conversations that grow too long for their model.', {
  mode: choice('How carefully.', ['default', 'safeguard'], 'safeguard'),
  reserveTokens: int('Tokens of the window kept free; never more than a quarter of it.', { default: 20_000 }),
  keepRecentTokens: int('Tokens of the newest messages that stay as they are.', { default: 20_000 }),
  recentTurnsPreserve: int('Newest turns that stay as they are where they fit.', { default: 3 }),
  model: text("Model that sums up, <provider>/<model>; the agent's own when unset."),
  timeoutSeconds: int('Longest time for a summary, in seconds.', { minimum: 1, default: 180 }),
  customInstructions: text('What summaries must hold besides, in words for the model.'),
  memoryFlush: openSection('A silent turn before, in which the agent may write down what must not be lost.', {
    enabled: flag('Whether there is one.', true),
    softThresholdTokens: int('Tokens that must be free for it.', { default: 4_000 }),
    prompt: text('What the agent is told then.'),
    systemPrompt: text('Added to its system prompt then.'),
  }),
})

export const contextPruning = openSection('Shortening of old tool results in prompts; the transcript keeps them.', {
  mode: text('`off` leaves them as they are.'),
  keepLastAssistants: int('Newest answers whose tool results stay as they are.', { default: 3 }),
  softTrimRatio: number('Share of the window from which on long results are shortened.', { minimum: 0, default: 0.3 }),
  hardClearRatio: number('Share of the window from which on results are left out.', { minimum: 0, default: 0.5 }),
  softTrim: openSection('Shortening.', {
    maxChars: int('Results up to this length stay as they are, in characters.', { default: 4_000 }),
    headChars: int('Characters kept of the beginning.', { default: 1_500 }),
    tailChars: int('Characters kept of the end.', { default: 1_500 }),
  }),
  hardClear: openSection('Leaving out.', {
    enabled: flag('Whether results are left out.', true),
    placeholder: text('What stands in their place.'),
  }),
})
