"""Timeline pictures of the rules for docs/rules.md, drawn from what the rules really give: `script/rule-pictures`."""
