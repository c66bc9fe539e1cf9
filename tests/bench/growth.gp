# growth.gp - what grew: dir has a NAME.dat for each NAME of series
set terminal pngcairo size 1000,1500 font "DejaVu Sans,10"
set output out
set datafile separator "\t"
set logscale x
set format x "10^{%T}"
set yrange [0:*]
set grid
unset key
set multiplot layout words(series),2
do for [s in series] {
	file = dir."/".s.".dat"
	label = system("sed -n '1s/^# \\([^\t]*\\).*/\\1/p' '".file."'")
	set xlabel label
	set ylabel "ns a record"
	plot file using 1:2 with linespoints lw 2 pt 7 lc rgb "#20609f"
	set ylabel "MiB"
	plot file using 1:3 with linespoints lw 2 pt 7 lc rgb "#9f4020"
}
unset multiplot
