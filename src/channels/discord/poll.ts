import type { Poll, PollLimits } from '../port.js'

const hour = 3_600
/** Discord, "Poll Create Request Object"; it counts in hours, of which it takes up to 32 days. */
export const pollLimits: PollLimits = { options: 10, question: 300, option: 55, seconds: [hour, 768 * hour] }

/** The part of a message that asks. Discord knows one answer or any number of them. */
export function pollBody({ question, options, maxSelections, seconds }: Poll) {
  return {
    question: { text: question },
    answers: options.map((text) => ({ poll_media: { text } })),
    allow_multiselect: maxSelections > 1,
    ...(seconds !== undefined && { duration: Math.ceil(seconds / hour) }),
  }
}
