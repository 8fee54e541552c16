package main

import (
	"os"
	"path/filepath"
	"strings"
)

// commandLine is a call of simrun to paste.
func commandLine(args []string) string {
	words := []string{"simrun"}
	for _, arg := range args {
		words = append(words, quoted(arg))
	}
	return strings.Join(words, " ")
}

// plainBytes may stand in a shell's word without quotes, all on their own. An equals sign may, but for the first word.
const plainBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,+@%="

// quoted is a word for a shell.
func quoted(word string) string {
	if word != "" && strings.Trim(word, plainBytes) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// pasted is a scenario's name or path as it stands in a command that is saved: relative to where simrun runs, if it lies
// below, since results carry nothing of the machine.
func pasted(nameOrPath string) string {
	if !filepath.IsAbs(nameOrPath) {
		return nameOrPath
	}
	here, err := os.Getwd()
	if err != nil {
		return nameOrPath
	}
	relative, err := filepath.Rel(here, nameOrPath)
	if err != nil || strings.HasPrefix(relative, "..") {
		return nameOrPath
	}
	return "./" + filepath.ToSlash(relative)
}
