# Completion for fish: the options that --help lists with what they are for, and files. The
# other programs' files are links to this one.

function __mjpeg_options
    set --local words (commandline --tokenize --cut-at-cursor --current-process)
    $words[1] --help 2>/dev/null |
        string replace --filter --regex '^ +(--[a-z-]+)(?:.*?  +(.*))?.*$' '$1\t$2'
end

for name in mjpeg-probe mjpeg-record mjpeg-relay mjpeg-report mjpeg-snapshot mjpeg-testcam mjpeg-wall
    complete --command $name --condition 'string match --quiet -- "-*" (commandline --current-token)' \
        --arguments '(__mjpeg_options)'
end
