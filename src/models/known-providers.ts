export interface KnownProvider {
  /** File name under src/providers. */
  readonly api: string
  readonly baseUrl: string
  /** Environment variables that may hold the key, first one set wins. Empty: no key is needed. */
  readonly keys: readonly string[]
}

const hosted = (baseUrl: string, ...keys: string[]): KnownProvider => ({ api: 'openai-completions', baseUrl, keys })
const local = (port: number): KnownProvider => hosted(`http://127.0.0.1:${port}/v1`)

/**
 * Providers that need nothing in the config but a key in the environment: `openrouter/<model>` just works. What the
 * config says about one of them wins, key by key.
 */
export const knownProviders: Readonly<Record<string, KnownProvider>> = {
  builtin: { api: 'builtin-echo', baseUrl: '', keys: [] },
  openai: hosted('https://api.openai.com/v1', 'OPENAI_API_KEY'),
  openrouter: hosted('https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  groq: hosted('https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  mistral: hosted('https://api.mistral.ai/v1', 'MISTRAL_API_KEY'),
  deepseek: hosted('https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  xai: hosted('https://api.x.ai/v1', 'XAI_API_KEY'),
  together: hosted('https://api.together.xyz/v1', 'TOGETHER_API_KEY'),
  fireworks: hosted('https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'),
  cerebras: hosted('https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'),
  moonshot: hosted('https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'),
  nvidia: hosted('https://integrate.api.nvidia.com/v1', 'NVIDIA_API_KEY'),
  huggingface: hosted('https://router.huggingface.co/v1', 'HF_TOKEN', 'HUGGINGFACE_HUB_TOKEN'),
  qwen: hosted('https://dashscope.aliyuncs.com/compatible-mode/v1', 'DASHSCOPE_API_KEY', 'QWEN_API_KEY'),
  siliconflow: hosted('https://api.siliconflow.cn/v1', 'SILICONFLOW_API_KEY'),
  zai: hosted('https://api.z.ai/api/paas/v4', 'ZAI_API_KEY'),
  ollama: local(11_434),
  lmstudio: local(1234),
  vllm: local(8000),
  anthropic: { api: 'anthropic-messages', baseUrl: 'https://api.anthropic.com', keys: ['ANTHROPIC_API_KEY'] },
  google: {
    api: 'google-generative-ai',
    baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
    keys: ['GEMINI_API_KEY', 'GOOGLE_API_KEY'],
  },
}
