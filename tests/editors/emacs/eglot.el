;;; eglot.el --- The server through eglot  -*- lexical-binding: t -*-

(require 'eglot)

(setq eglot-sync-connect 60
      jsonrpc-default-request-timeout 60
      ;; Started again by hand, so that it is known when.
      eglot-autoreconnect nil
      eglot-confirm-server-initiated-edits nil
      eglot-events-buffer-size 0
      eglot-send-changes-idle-time 0.05)

(defun shown ()
  (flymake-start)
  (suite-sorted
   (mapcar (lambda (found)
             (let ((place (flymake-diagnostic-beg found)))
               (format "%d:%d %s"
                       (line-number-at-pos place t)
                       (1+ (save-excursion (goto-char place) (current-column)))
                       (pcase (flymake-diagnostic-type found)
                         ('eglot-error "error") ('eglot-warning "warning") ('eglot-note "info")))))
           (flymake-diagnostics))))

(defun hover ()
  (let ((answer (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover (eglot--TextDocumentPositionParams))))
    (and answer (eglot--hover-info (plist-get answer :contents) nil))))

(step "the server starts by itself, for the folder of the project"
  (open suite-migration)
  ;; Where nobody sits in front of it, Emacs runs no `post-command-hook', which `eglot-ensure' waits for.
  (run-hooks 'post-command-hook)
  (eventually "a server" #'eglot-current-server)
  (cl-assert (equal (file-truename (project-root (eglot--project (eglot-current-server)))) (file-truename suite-project))))

(step "the findings are those of `preboot check`"
  (eventually-shown #'shown (suite-expected (getenv "FINDINGS") suite-migration)))

(step "hover says what breaks"
  (go-to "RemoveField")
  (contains (hover) "column campaign_petition.requires_country_code does not exist"))

(step "an edit that is not saved changes the findings of other files"
  (open suite-models)
  (goto-char (point-min))
  (re-search-forward "^    campaign_id.*$")
  (insert "\n    " (getenv "TYPED"))
  (let ((models (current-buffer)))
    (open suite-migration)
    (eventually-shown #'shown (suite-expected (getenv "FINDINGS_TYPED") suite-migration))
    (with-current-buffer models
      (cl-assert (buffer-modified-p))
      (revert-buffer t t)))
  (eventually-shown #'shown (suite-expected (getenv "FINDINGS") suite-migration)))

(step "the code action \"Make it nullable\" edits the migration and the models"
  (go-to "migrations.AddField")
  ;; Chosen from the menu, as a user does.
  (cl-letf (((symbol-function 'completing-read)
             (lambda (_ choices &rest _)
               (let ((titles (mapcar #'car choices)))
                 (or (cl-find-if (lambda (title) (string-match-p "Make it nullable" title)) titles)
                     (error "the menu is %S" titles))))))
    ;; From the keyboard, and not with the mouse.
    (let ((last-nonmenu-event ?a))
      (eglot-code-actions (point) (point) nil t)))
  (eventually "the edit" (lambda () (string-match-p "null=True" (buffer-string))))
  (save-some-buffers t)
  (with-temp-buffer
    (insert-file-contents (concat suite-project suite-models))
    (contains (buffer-string) "null=True")))

(step "a server that was killed comes back with `eglot-reconnect'"
  (let ((old (suite-server-processes))
        (server (eglot-current-server)))
    (cl-assert (= 1 (length old)))
    (signal-process (string-to-number (car old)) 'KILL)
    (eventually "no process" (lambda () (null (suite-server-processes))))
    (eventually "its end" (lambda () (not (jsonrpc-running-p server))))
    (eglot-reconnect server)
    (cl-assert (not (equal (suite-server-processes) old)))
    (eventually "findings" (lambda () (and (eglot-current-server) (not (string-empty-p (shown))))))))

(step "the server stops when it is asked to"
  (eglot-shutdown (eglot-current-server))
  (eventually "no process" (lambda () (null (suite-server-processes)))))

(suite-say "done")

;;; eglot.el ends here
