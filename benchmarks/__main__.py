from benchmarks.run_bench import main

main()
