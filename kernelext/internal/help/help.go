// Package help answers what a front end asks about a cell while a person types: completions, and what stands at the cursor.
// gopls, the language server for Go, gives the answers. It is told of a program that is only in memory: the declarations of
// the cells that ran, and the cell as it is, finished or not. Set-up also builds the package into the kernel, so it uses the
// standard library only.
//
// help.go answers, compose.go makes the program, gopls.go speaks with gopls.
package help

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode"
)

// patience is how long an answer may take. The kernel runs no cell meanwhile. Only a gopls that is still starting takes
// nearly as long.
const patience = 3 * time.Second

// Server answers about the cells of one kernel. A nil Server knows nothing.
type Server struct {
	warm    atomic.Bool // gopls has answered once, so it answers at once
	folder  string
	mu      sync.Mutex // for one question at a time
	gopls   *gopls
	opened  map[string]bool      // the files that gopls was told of
	times   map[string]time.Time // when the files that describe the module were written
	version int
}

// Start starts gopls for the module in a kernel's folder. It ends with Stop, or with the kernel.
func Start(folder string) (*Server, error) {
	g, err := startGopls(folder)
	if err != nil {
		return nil, err
	}
	s := &Server{folder: folder, gopls: g, opened: map[string]bool{}, times: map[string]time.Time{}}
	go func() { s.Learn(workspace(folder)) }()
	return s, nil
}

// workspace writes a file that imports the packages of the modules that a person works in, and could import.
func workspace(folder string) string {
	list := exec.Command("go", "list", "-f", `{{if ne .Name "main"}}{{.ImportPath}}{{end}}`, "work")
	list.Dir = folder
	paths, _ := list.Output() // without it, gopls learns of packages as cells import them
	file := "package main\n"
	for _, path := range strings.Fields(string(paths)) {
		if !strings.Contains(path+"/", "/internal/") {
			file += fmt.Sprintf("import _ %q\n", path)
		}
	}
	return file
}

// Stop ends gopls.
func (s *Server) Stop() {
	if s != nil {
		s.gopls.stop()
	}
}

// Learn tells gopls of the declarations of the cells that ran, a whole file, so that it reads the packages that they import
// before somebody asks. It does not wait.
func (s *Server) Learn(earlier string) {
	if s == nil {
		return
	}
	go func() {
		<-s.gopls.ready
		s.mu.Lock()
		err := s.tell(compose(earlier, "", 0))
		s.mu.Unlock()
		if err == nil {
			_, err = s.gopls.call(context.Background(), "textDocument/completion", s.at(position{1, 0})) // this reads them
			s.warm.Store(err == nil)
		}
	}()
}

// Warm tells whether gopls answers at once. A nil Server does.
func (s *Server) Warm() bool { return s == nil || s.warm.Load() }

// Changed tells gopls that a file of the module, or of one that it uses, is not what it was.
func (s *Server) Changed(path string) error {
	if s == nil {
		return nil
	}
	select {
	case <-s.gopls.ready:
	default:
		return nil // gopls has not read a file yet
	}
	change := object{"uri": fileURI(path), "type": 2}
	return s.gopls.notify("workspace/didChangeWatchedFiles", object{"changes": []object{change}})
}

// Completion is what Jupyter wants to know in a complete_reply. Start and End count characters of the cell; the matches are
// to stand between them. Metadata says of each match what it is.
type Completion struct {
	Matches    []string
	Start, End int
	Metadata   map[string]any
}

// Complete returns what may stand at the cursor, which counts characters of the cell. earlier are the declarations of the
// cells that ran, a whole file.
func (s *Server) Complete(earlier, code string, cursor int) (Completion, error) {
	c := Completion{Matches: []string{}, Start: cursor, End: cursor}
	var list struct {
		Items []struct {
			Label, Detail string
			Kind          int
			TextEdit      struct {
				NewText string
				Range   struct{ Start position }
			}
		}
	}
	p := compose(earlier, code, cursor)
	if err := s.ask(p, "textDocument/completion", &list); err != nil {
		return c, err
	}
	types := []map[string]any{}
	for _, item := range list.Items {
		start, text := p.cursorAt(item.TextEdit.Range.Start), item.TextEdit.NewText
		if text == item.Label+")" { // the end of a conversion, whose beginning would go before the name
			text = item.Label
		}
		if len(c.Matches) == 0 {
			c.Start = start
		}
		if start != c.Start || text == "" {
			continue
		}
		c.Matches = append(c.Matches, text)
		types = append(types, map[string]any{
			"start": c.Start, "end": c.End, "text": text, "type": kinds[item.Kind], "signature": item.Detail})
	}
	c.Metadata = map[string]any{"_jupyter_types_experimental": types}
	return c, nil
}

// kinds are the words in JupyterLab for the kinds of completions in the Language Server Protocol.
var kinds = map[int]string{
	2: "method", 3: "function", 5: "field", 6: "instance", 7: "class", 8: "interface", 9: "module", 14: "keyword", 21: "constant", 22: "struct",
}

// Inspect returns the documentation of the name at the cursor or, behind the opening bracket of a call, the signature of the
// function that is called; nothing if there is neither. The arguments are those of [Server.Complete].
func (s *Server) Inspect(earlier, code string, cursor int) (map[string]any, error) {
	p := compose(earlier, code, cursor)
	if p.atName {
		var hover struct{ Contents struct{ Value string } }
		if err := s.ask(p, "textDocument/hover", &hover); err != nil || hover.Contents.Value != "" {
			return bundle(hover.Contents.Value), err
		}
	}
	var help struct {
		Signatures []struct {
			Label         string
			Documentation struct{ Value string }
		}
	}
	if err := s.ask(p, "textDocument/signatureHelp", &help); err != nil || len(help.Signatures) == 0 {
		return bundle(""), err
	}
	signature := help.Signatures[0]
	return bundle(fmt.Sprintf("```go\nfunc %s\n```\n\n%s", signature.Label, signature.Documentation.Value)), nil
}

// bundle returns Markdown as it is and as plain text.
func bundle(markdown string) map[string]any {
	if markdown == "" {
		return map[string]any{}
	}
	plain := strings.NewReplacer("```go\n", "", "```\n", "", "\n```", "", "\n---\n", "\n").Replace(markdown)
	return map[string]any{"text/markdown": markdown, "text/plain": strings.TrimSpace(plain)}
}

// ask asks gopls about the cursor in a program.
func (s *Server) ask(p program, method string, answer any) error {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	select {
	case <-s.gopls.ready:
	case <-ctx.Done():
		return fmt.Errorf("gopls is still starting")
	}
	if err := s.tell(p); err != nil {
		return err
	}
	result, err := s.gopls.call(ctx, method, s.at(p.at))
	if err != nil {
		return err
	}
	return json.Unmarshal(result, answer)
}

// at names a place in the cell.
func (s *Server) at(place position) object {
	params := s.document("main.go")
	params["position"] = place
	return params
}

// tell tells gopls what the files of a program hold, and which files of the module have changed.
func (s *Server) tell(p program) error {
	for _, name := range []string{"go.mod", "go.sum", "go.work"} {
		path := filepath.Join(s.folder, name)
		if info, err := os.Stat(path); err == nil && !info.ModTime().Equal(s.times[name]) {
			s.times[name] = info.ModTime()
			if err := s.Changed(path); err != nil {
				return err
			}
		}
	}
	s.version++
	for name, text := range map[string]string{"main.go": p.cell, "other.go": p.earlier} {
		method, params := "textDocument/didChange", s.document(name)
		file := params["textDocument"].(object)
		file["version"] = s.version
		if s.opened[name] {
			params["contentChanges"] = []object{{"text": text}}
		} else {
			method, file["text"], file["languageId"] = "textDocument/didOpen", text, "go"
		}
		if err := s.gopls.notify(method, params); err != nil {
			return err
		}
		s.opened[name] = true
	}
	return nil
}

func (s *Server) document(name string) object {
	return object{"textDocument": object{"uri": fileURI(filepath.Join(s.folder, name))}}
}

func isName(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
