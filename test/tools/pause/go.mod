module keelson/test/pause

go 1.26.6
