;;; lsp-mode.el --- The server through lsp-mode  -*- lexical-binding: t -*-

(require 'lsp-mode)
(require 'lsp-diagnostics)
(require 'lsp-modeline)

(setq lsp-auto-guess-root t
      lsp-response-timeout 60
      lsp-enable-file-watchers nil
      lsp-enable-snippet nil
      lsp-restart 'ignore
      lsp-diagnostics-provider :flymake
      lsp-session-file (expand-file-name "lsp-session" (getenv "HOME")))

(defun shown ()
  (suite-sorted
   (cl-loop for found across (vconcat (gethash (lsp--fix-path-casing (buffer-file-name)) (lsp-diagnostics t)))
            for start = (lsp-get (lsp-get found :range) :start)
            collect (format "%d:%d %s" (1+ (lsp-get start :line)) (1+ (lsp-get start :character))
                            (nth (1- (lsp-get found :severity)) '("error" "warning" "info" "hint"))))))

(step "the server starts"
  (lsp-workspace-folders-add (directory-file-name suite-project))
  (open suite-migration)
  (lsp)
  (eventually "a server" (lambda ()
                           (and (lsp-workspaces) (eq 'initialized (lsp--workspace-status (car (lsp-workspaces))))))))

(step "the findings are those of `preboot check`"
  (eventually-shown #'shown (suite-expected (getenv "FINDINGS") suite-migration)))

(step "hover says what breaks"
  (go-to "RemoveField")
  (contains (lsp--render-on-hover-content
             (lsp-get (lsp-request "textDocument/hover" (lsp--text-document-position-params)) :contents) t)
            "column campaign_petition.requires_country_code does not exist"))

(step "the code action \"Make it nullable\" edits the migration"
  (go-to "migrations.AddField")
  (lsp-execute-code-action
   (cl-find-if (lambda (action) (string-match-p "Make it nullable" (lsp-get action :title))) (append (lsp-code-actions-at-point) nil)))
  (eventually "the edit" (lambda () (string-match-p "null=True" (buffer-string)))))

(suite-say "done")

;;; lsp-mode.el ends here
