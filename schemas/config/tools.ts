import { ssrfPolicy } from './ssrf-policy.js'
import { toolKeys, toolRules } from './tools-policy.js'
import { choice, flag, int, number, openSection, secret, section, text, texts } from './words.js'

/** `tools` (spec/config.md sections 12.4 and 12.5). */
export const tools = section('Which tools agents have and how they behave.', {
  ...toolKeys,
  subagents: section('Tools of sub-agents.', { tools: toolRules, model: text('Model of sub-agents.') }),
  agentToAgent: section('Messages between agents.', {
    enabled: flag('Allow them.', false),
    allow: texts('Agents that may take part.'),
  }),
  sessions: section('Session tools.', {
    visibility: choice('Which sessions an agent sees.', ['self', 'tree', 'agent', 'all']),
  }),
  web: section('Web tools.', {
    search: openSection('The web_search tool.', {
      enabled: flag('Offer it.', true),
      provider: text('brave, perplexity or searxng; the first one that is set up when unset.'),
      apiKey: secret('Key of the provider.'),
      brave: openSection('Brave Search.', {
        apiKey: secret('Key; also BRAVE_API_KEY.'),
        baseUrl: text('URL of the API.'),
      }),
      perplexity: openSection('Perplexity.', {
        apiKey: secret('Key; also PERPLEXITY_API_KEY. One of OpenRouter (sk-or-...) goes there.'),
        baseUrl: text('URL of the API.'),
        model: text('Model that answers; without it results are listed.'),
      }),
      searxng: openSection('SearXNG.', { baseUrl: text('URL of the instance; also SEARXNG_BASE_URL.') }),
      maxResults: int('Results per search.'),
      timeoutSeconds: int('Longest search in seconds.'),
      cacheTtlMinutes: number('How long results are kept, in minutes.'),
    }),
    fetch: openSection('The web_fetch tool.', {
      enabled: flag('Offer it.', true),
      maxChars: int('Longest text, in characters.'),
      timeoutSeconds: int('Longest fetch in seconds.'),
      cacheTtlMinutes: number('How long pages are kept, in minutes.'),
      maxRedirects: int('Redirects followed.'),
      userAgent: text('User-Agent header.'),
      readability: flag('Keep the readable part only.'),
      ssrfPolicy,
    }),
  }),
  media: openSection('Understanding of images, audio and video.', {}),
  message: openSection('The message tool.', {}),
  links: openSection('Understanding of links.', {}),
  loopDetection: openSection('Stops an agent that repeats itself.', { enabled: flag('Turn it on.') }),
  toolSearch: openSection('Tools that are found by search instead of being listed.', { enabled: flag('Turn it on.') }),
})
