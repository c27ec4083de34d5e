/** Words for the user, taken from the page: the server translated them, so there is one catalogue. */

/**
 * Reads `<template id="strings">`, whose elements carry `data-t` (the key) and the translated text.
 *
 * @param {HTMLTemplateElement} template
 * @returns {Record<string, string>}
 */
export function readStrings(template) {
  const strings = {};
  for (const element of template.content.querySelectorAll("[data-t]")) {
    strings[element.dataset.t] = element.textContent.trim();
  }
  return strings;
}

/**
 * Makes the function that turns a key and values into words.
 *
 * A value `n` picks `key_one` where the language has a singular and the catalogue has that key.
 *
 * @param {Record<string, string>} strings
 * @param {string} language BCP 47 tag
 * @returns {(key: string, values?: Record<string, string | number>) => string}
 */
export function translator(strings, language) {
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const singular = `${key}_one`;
    const isOne = typeof values.n === "number" && plural.select(values.n) === "one";
    const text = strings[isOne && singular in strings ? singular : key];
    if (text === undefined) throw new Error(`No words for "${key}" on this page`);
    return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
}
