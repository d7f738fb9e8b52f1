import type { Runtime } from './machine.js'

/** What a VM may ask at power-on. */
export const questionOf = (id: string): NonNullable<Runtime['question']> => ({
  id,
  text: 'msg.uuid.altered:This virtual machine might have been moved or copied.',
  choice: {
    _type: 'ChoiceOption',
    choiceInfo: ['Cancel', 'I Moved It', 'I Copied It'].map((label, index) => ({
      _type: 'ElementDescription',
      key: String(index),
      label: `button.uuid.${index}`,
      summary: label,
    })),
    defaultIndex: 2,
  },
})
