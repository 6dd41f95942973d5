;;; suite.el --- What the suites of both clients need  -*- lexical-binding: t -*-

(require 'cl-lib)
(require 'flymake)

;; With -Q Emacs doesn't look where Debian puts packages.
(dolist (folder (append (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa/*")
                        (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa-src/*")))
  (add-to-list 'load-path folder))

(setq make-backup-files nil
      auto-save-default nil
      create-lockfiles nil
      vc-handled-backends '(Git)
      flymake-no-changes-timeout 0.1)

(defconst suite-project (file-name-as-directory (getenv "PROJECT")))
(defconst suite-migration "campaign/migrations/0002_petition_fields.py")
(defconst suite-models "campaign/models.py")

(defun suite-say (&rest arguments)
  (princ (concat (apply #'format arguments) "\n")))

(defmacro step (name &rest body)
  "Does BODY, and says whether it went well."
  (declare (indent 1))
  `(condition-case problem
       (progn ,@body (suite-say "ok %s" ,name))
     ((error quit) (suite-say "FAILED %s: %s" ,name (error-message-string problem)))))

(defun eventually (what probe)
  "Waits until PROBE gives something, and gives that."
  (let ((end (+ (float-time) 60)) found)
    (while (not (setq found (funcall probe)))
      (when (> (float-time) end)
        (error "never: %s" (if (functionp what) (funcall what) what)))
      (accept-process-output nil 0.05))
    found))

(defun contains (text part)
  (unless (string-match-p (regexp-quote part) (or text ""))
    (error "%S is not in %S" part text)))

(defun open (file)
  (switch-to-buffer (find-file-noselect (concat suite-project file)))
  (goto-char (point-min)))

(defun go-to (text)
  (goto-char (point-min))
  (search-forward text)
  (goto-char (match-beginning 0)))

(defun suite-sorted (lines)
  (string-join (sort (delete-dups lines) #'string<) "\n"))

(defun suite-expected (findings file)
  "The lines of FINDINGS that are about FILE, without their codes: `12:9 error'."
  (suite-sorted
   (cl-loop for line in (split-string findings "\n" t)
            for (place _ severity) = (split-string line " ")
            for (path row column) = (split-string place ":")
            when (equal path file) collect (format "%s:%s %s" row column severity))))

(defun eventually-shown (shown expected)
  (eventually (lambda () (format "%s\nshown:\n%s" expected (funcall shown)))
              (lambda () (equal (funcall shown) expected))))

(defun suite-server-processes ()
  ;; Without a shell, which would be a child with these words in its command line.
  (process-lines-ignore-status "pgrep" "--parent" (number-to-string (emacs-pid)) "--exact" "preboot"))

(load (getenv "CONFIG") nil t)

;;; suite.el ends here
