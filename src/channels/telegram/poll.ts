import type { Poll, PollLimits } from '../port.js'
import type { TelegramApi } from './api.js'

/** Bot API, "sendPoll". */
export const pollLimits: PollLimits = { options: 12, question: 300, option: 100, seconds: [5, 600], anonymous: true }

/** Asks a question in a chat. Telegram knows one answer or any number of them. */
export async function sendPoll(
  api: TelegramApi,
  where: { readonly chat_id: string },
  { question, options, maxSelections, seconds, anonymous = true }: Poll,
  signal: AbortSignal,
): Promise<{ readonly id: string; readonly pollId: string }> {
  const sent = await api.call(
    'sendPoll',
    {
      ...where,
      ...{ question, options, is_anonymous: anonymous, allows_multiple_answers: maxSelections > 1 },
      ...(seconds !== undefined && { open_period: seconds }),
    } as never,
    signal,
  )
  return { id: `${where.chat_id}:${sent.message_id}`, pollId: sent.poll.id }
}
